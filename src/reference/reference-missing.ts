/** The database has a schema but no reference data yet: nothing can be classified. */
export class ReferenceMissing extends Error {
  constructor() {
    super('The database holds no reference data. Run waspada migrate')
  }
}
