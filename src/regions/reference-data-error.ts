/** Reference data that must not be used; `faults` names everything that does not hold. */
export class ReferenceDataError extends Error {
  readonly faults: readonly string[]

  constructor(subject: string, faults: readonly string[]) {
    super(`${subject}: ${faults.join('; ')}`)
    this.name = 'ReferenceDataError'
    this.faults = faults
  }
}
