import { submitReportExample } from '../src/reports/examples.ts'
import type { Office } from './offices.ts'
import { connections, type Operation } from './options.ts'
import { seededIds } from './seed-statements.ts'
import { narrative, remark, subjects } from './texts.ts'

/** What autocannon sends on one connection, one after the other. */
export interface Sent {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string
}

export interface Load {
  operation: Operation
  address: string
  seconds: number
  offices: Office[]
  /** Reports and regencies of the seed. */
  reports: number
  regencies: number
  /** Different in each round, so that no report is posted twice. */
  round: number
}

/** More than a connection gets through in a second; a post that came round again would only be a replay. */
const postsPerSecond = 200
const readsInTurn = 500

/** The requests of one connection, of all offices in turn. */
export function requestsOf(load: Load, connection: number): Sent[] {
  const count = load.operation === 'post' ? Math.ceil(postsPerSecond * (load.seconds + 1)) : readsInTurn
  return Array.from({ length: count }, (_, turn) => requestOf(load, connection + turn * connections))
}

function requestOf(load: Load, turn: number): Sent {
  const office = turn % load.offices.length
  const { code, token } = load.offices[office] as Office
  const headers = { authorization: `Bearer ${token}` }
  if (load.operation === 'page') return { method: 'GET', path: '/v1/reports?fields=*&limit=50', headers }
  if (load.operation === 'find') return { method: 'GET', path: `/v1/reports/${idOf(load, office)}`, headers }
  const body = JSON.stringify(newReport(code, `kdi-${load.round}-${turn}`, turn))
  return { method: 'POST', path: '/v1/reports', headers: { ...headers, 'content-type': 'application/json' }, body }
}

/** Any seeded report of the office, by its place among the regencies. */
export function idOf({ reports, regencies }: Pick<Load, 'reports' | 'regencies'>, office: number): string {
  const n = Math.floor(Math.random() * Math.floor(reports / regencies)) * regencies + office
  const { prefix, highBase, step, lowBase } = seededIds(reports)
  const digits = `${prefix}${highBase + n * step}${lowBase + n}`
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** A report as an office posts it: the example of the guides with texts of the usual length. */
export function newReport(office: string, clientReference: string, number: number) {
  return {
    ...submitReportExample,
    clientReference,
    subject: subjects[number % subjects.length],
    facts: narrative(number),
    analysis: remark(number + 1),
    prediction: remark(number + 2),
    actionsTaken: remark(number + 3),
    recommendation: remark(number + 4),
    location: { ...submitReportExample.location, regionCode: office },
  }
}
