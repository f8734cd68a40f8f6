import fc from 'fast-check'
import { type Mutation, withHeader } from './mutation.ts'
import { sendable } from './odd-values.ts'

const oddHeaders: Record<string, readonly string[]> = {
  Accept: [
    'text/html',
    '*/*;q=0',
    'application/json;q=0',
    ',,;;',
    'application/*',
    '*',
    'application/json;v=2',
    'a'.repeat(2000),
  ],
  'Accept-Language': ['en', 'en;q=0.1, id', '*', 'x'.repeat(500), ';q=', 'en;q=NaN', 'zh-Hant-TW-x-private', '-'],
  'Accept-Encoding': ['gzip', 'identity;q=0', '*;q=0', 'br, zstd'],
  'If-None-Match': ['*', '""', 'W/"', '"', ',', '"a","b"', 'x'.repeat(2001), '"\t"'],
  'If-Match': ['*', '"x"', '', '""', 'W/"', ',', '"a", "b"', '"fuzz-other-1.1", "fuzz-other-1.2"', 'x'.repeat(2001)],
  'Break-Glass': ['', 'x', '00000000-0000-0000-0000-000000000000', '{x}', '01936419-3a00-7c1e-9a51-3f0a3c6e7b21'],
  'Idempotency-Key': [
    '',
    'short',
    'x'.repeat(129),
    'with blank with blank',
    'key-of-the-fuzz-0001',
    '"quoted-quoted-quoted"',
  ],
  'Content-Type': [
    ...[
      '',
      'text/plain',
      'application/json; charset=latin1',
      'application/json;charset=utf-8',
      'application/json;;',
      'application',
    ],
    ...[
      'application/jsonx',
      'application/merge-patch+json',
      'multipart/form-data',
      'application/x-www-form-urlencoded',
      '/',
      'x/y; a="',
    ],
  ],
  'X-Request-Id': ['', 'x'.repeat(129), '<script>', 'fuzz-0001', '../..'],
  'Content-Encoding': ['gzip', 'identity', 'br', 'x'],
  Expect: ['200-ok'],
  Range: ['bytes=0-1', 'bytes=9-1'],
  Origin: ['null', 'https://example.test'],
  'Access-Control-Request-Method': ['GET', 'x'],
  'X-Forwarded-For': ['127.0.0.1', "' OR 1=1", ','],
  'X-HTTP-Method-Override': ['DELETE'],
  Traceparent: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0-0-0', 'ff-x'],
  Cookie: ['a=b', '='],
}

/** Header fields, the length of things, and a body where none belongs. */
export const formMutations: readonly Mutation[] = [
  {
    name: 'an odd header',
    spoil: (draft) =>
      fc
        .constantFrom(...Object.keys(oddHeaders))
        .chain((name) =>
          fc
            .oneof(fc.constantFrom(...(oddHeaders[name] ?? [])), sendable)
            .map((value) => withHeader(draft, name, value)),
        ),
  },
  {
    name: 'a huge header',
    spoil: (draft) =>
      fc
        .tuple(
          fc.constantFrom('X-Long', 'Authorization', 'Accept', 'If-None-Match', 'Idempotency-Key'),
          fc.constantFrom(3000, 8000, 15_000, 17_000, 70_000),
        )
        .map(([name, length]) => withHeader(draft, name, 'a'.repeat(length))),
  },
  {
    name: 'a huge address',
    spoil: ({ query }) =>
      fc.constantFrom(2000, 8000, 17_000).map((length) => ({ query: [...query, `x=${'a'.repeat(length)}`] })),
  },
  {
    name: 'body where none belongs',
    fits: ({ operation }) => operation.body === undefined,
    spoil: (draft) =>
      fc
        .tuple(
          fc.constantFrom('{}', '{', 'x'.repeat(5000)),
          fc.constantFrom('application/json', 'text/plain', 'multipart/form-data'),
        )
        .map(([text, type]) => ({ body: { text }, ...withHeader(draft, 'Content-Type', type) })),
  },
  {
    name: 'a header left out',
    fits: ({ headers }) => headers.length > 0,
    spoil: ({ headers }) =>
      fc.constantFrom(...headers).map((left) => ({ headers: headers.filter((each) => each !== left) })),
  },
  {
    name: 'a header twice',
    spoil: ({ headers }) =>
      fc
        .constantFrom(...headers, ['Accept', 'text/html'] as const)
        .map((header) => ({ headers: [...headers, header] })),
  },
]
