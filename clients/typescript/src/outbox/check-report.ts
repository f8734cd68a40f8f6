import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { submitReportSchema } from './submit-report-schema.ts'

/** What is wrong with a member, by its JSON pointer. */
export interface MemberFault {
  pointer: string
  detail: string
}

// The contract says more of numbers than JSON Schema has formats for; its minima and maxima say the same.
const ajv = new Ajv2020({ allErrors: true, strict: false, formats: { int32: true, int64: true, double: true } })
formats.default(ajv, ['date-time'])
const validate = ajv.compile(submitReportSchema)

/**
 * Everything in a report that the contract refuses, as far as that is known without the service: it alone knows regions, incident
 * types and who may say what.
 */
export function faultsOf(report: unknown): MemberFault[] {
  if (validate(report)) return []
  const faults = (validate.errors ?? []).filter(tells).map(faultOf)
  return faults.filter(({ pointer, detail }, at) =>
    faults.slice(0, at).every((other) => other.pointer !== pointer || other.detail !== detail),
  )
}

/** A member that may be null has a second branch, of which nobody wants to hear. */
function tells({ keyword, params, schemaPath }: ErrorObject): boolean {
  return keyword !== 'anyOf' && !(keyword === 'type' && params.type === 'null' && schemaPath.includes('anyOf'))
}

function faultOf({ instancePath, keyword, params, message }: ErrorObject): MemberFault {
  switch (keyword) {
    case 'required':
      return { pointer: `${instancePath}/${params.missingProperty}`, detail: 'is missing' }
    case 'additionalProperties':
      return { pointer: `${instancePath}/${params.additionalProperty}`, detail: 'is no member of a report' }
    case 'enum':
      return { pointer: instancePath, detail: `must be one of ${params.allowedValues.join(', ')}` }
    case 'format':
      return { pointer: instancePath, detail: 'must be a time with its offset, such as 2024-11-25T22:30:00+08:00' }
    case 'pattern':
      return { pointer: instancePath, detail: `is not of its form: ${params.pattern}` }
    case 'minLength':
      return { pointer: instancePath, detail: `must have at least ${params.limit} characters` }
    case 'maxLength':
      return { pointer: instancePath, detail: `must have at most ${params.limit} characters` }
    default:
      return { pointer: instancePath, detail: message ?? keyword }
  }
}
