import type { LightMyRequestResponse } from 'fastify'
import { handlingLevels } from '../../../src/access/vocabulary.ts'
import { aReportIn } from '../../support/a-report.ts'
import type { Operation } from './cells.ts'
import { cleared, covers } from './model.ts'
import type { Request } from './world.ts'

const submitBatch: Operation = {
  needs: 'reports:submit',
  cells: (caller) => {
    const places = ['74.71', '74.01', '51.71', '74', '51', '00'].flatMap((region) =>
      handlingLevels.map((handling) => ({ region, handling })),
    )
    const body = places.map(({ region, handling }) =>
      aReportIn(region, { handling, clientReference: `${caller.name}/${region}/${handling}` }),
    )
    const expected = places.map(({ region, handling }) =>
      covers(caller, region) && cleared(caller, handling) ? 'valid' : 'invalid',
    )
    const wrong = (answer: LightMyRequestResponse) => {
      const got = answer.json().items.map(({ result }: { result: string }) => result)
      return JSON.stringify(got) === JSON.stringify(expected) ? null : got.join()
    }
    const request: Request = { method: 'POST', url: '/v1/reports/batch?dryRun=true', body }
    return [{ what: 'every place and handling', request, status: 200, wrong }]
  },
}

export const batchOperations: Record<string, Operation> = {
  submitBatch,
}
