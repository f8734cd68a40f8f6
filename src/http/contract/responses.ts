import type { z } from 'zod'
import type { ErrorCode } from '../../errors.ts'

/** A response header as the contract documents it. */
export interface HeaderDoc {
  description: string
  schema: Record<string, unknown>
  required?: boolean
}

/** What the contract says of one answer beyond its schema. */
export interface ResponseNotes {
  description?: string
  headers?: Record<string, HeaderDoc>
  /** Whole bodies in wire form, by name. */
  examples?: Record<string, unknown>
  /** What the body may be, `application/json` unless said. Other types are sent as the handler made them. */
  mediaType?: string | readonly string[]
  /** Other forms of the same answer by media type, each with a schema of its own for the document; sent as the handler made them. */
  otherForms?: Readonly<Record<string, z.ZodType>>
}

/** Every media type that the body may have, the one to send where all are welcome first. */
export function mediaTypesOf({ mediaType = 'application/json', otherForms = {} }: ResponseNotes): readonly string[] {
  return [...[mediaType].flat(), ...Object.keys(otherForms)]
}

/** A documented answer: its schema (null when it has no body) and notes. */
export class DocumentedResponse<Schema extends z.ZodType | null> {
  readonly schema: Schema
  readonly notes: ResponseNotes

  constructor(schema: Schema, notes: ResponseNotes) {
    this.schema = schema
    this.notes = notes
  }
}

/** The problem codes that a route may answer under one status. */
export class DocumentedProblems {
  readonly codes: readonly ErrorCode[]

  constructor(codes: readonly ErrorCode[]) {
    this.codes = codes
  }
}

export function respond<Schema extends z.ZodType | null>(
  schema: Schema,
  notes: ResponseNotes = {},
): DocumentedResponse<Schema> {
  return new DocumentedResponse(schema, notes)
}

/** JSON text made elsewhere (by PostgreSQL, or stored): sent as it is, under the schema of its status. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export function rawJson(text: string): RawJson {
  return new RawJson(text)
}

export type ResponseEntry = z.ZodType | DocumentedResponse<z.ZodType | null> | DocumentedProblems | null
