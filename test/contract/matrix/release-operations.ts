import { get, list, type Operation } from './cells.ts'
import { cleared } from './model.ts'

const listReleases: Operation = {
  needs: 'releases:read',
  cells(caller, { released }) {
    const { place } = caller
    const own = released.filter(
      ({ agencies, handling }) =>
        'agency' in place && cleared(caller, handling) && (agencies === null || agencies.includes(place.agency)),
    )
    return [
      list('/v1/releases?limit=200', own),
      list('/v1/releases?q=matriks&limit=200', own),
      list(
        '/v1/releases?handling=secret,top_secret',
        own.filter(({ handling }) => /secret/.test(handling)),
      ),
      list('/v1/releases?stage=none&hasCoordinates=false', []),
      {
        what: 'an export',
        request: get('/v1/releases', { accept: 'application/x-ndjson' }),
        status: 200,
        wrong(answer) {
          const lines = answer.body.split('\n').filter(Boolean).length
          return lines === own.length ? null : `${lines} lines, not ${own.length}`
        },
      },
      { what: 'by what is no filter', request: get('/v1/releases?office=74.71'), status: 400 },
    ]
  },
}

export const releaseOperations: Record<string, Operation> = { listReleases }
