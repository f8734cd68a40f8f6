import t from 'tap'
import { operationsBesideReports } from './matrix/beside-reports.ts'
import { checkOperations } from './matrix/check.ts'

t.test('every operation on what belongs to reports answers every caller about every thing as the model says', (t) =>
  checkOperations(t, operationsBesideReports),
)
