import type { HeaderDoc } from './contract/responses.ts'

/** Response headers that several resources share, as the contract documents them. */
export const etagHeader: HeaderDoc = {
  description: 'Strong validator of this version, for If-None-Match and If-Match',
  required: true,
  schema: {
    type: 'string',
    maxLength: 100,
    pattern: '^"[!#-~]+"$',
    examples: ['"0193639c-8f4e-7c1b-9d2a-6f1e0c5b7a10.1"'],
  },
}

export const locationHeader: HeaderDoc = {
  description: 'Where the new resource is',
  required: true,
  schema: { type: 'string', format: 'uri-reference', maxLength: 200 },
}

export const linkHeader: HeaderDoc = {
  description: 'The next page, rel="next"; absent on the last one (RFC 8288)',
  schema: { type: 'string', maxLength: 8000, pattern: '^<[^>]+>; rel="next"$' },
}
