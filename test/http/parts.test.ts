import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { z } from 'zod'
import { DomainError } from '../../src/errors.ts'
import { wireSchema } from '../../src/http/contract/json-schema.ts'
import { compileSerialiser } from '../../src/http/contract/serialise.ts'
import { hashOf, linkNext, openCursor, sealCursor } from '../../src/http/cursor.ts'
import { errorOf } from '../../src/http/error-of.ts'
import { etagOf, isUnmodified } from '../../src/http/etag.ts'
import { errorCodes, faultCodes, headersOf, problemOf } from '../../src/http/problem.ts'
import { LocalDate, Narrative, Text, Timestamp, TimestampWithOffset } from '../../src/http/schemas.ts'
import { aNote, NoteView, wireNote } from './sample-notes.ts'

t.test('timestamps are instants of the calendar, with an offset', async (t) => {
  const instants: Record<string, string> = {
    '2024-11-25T22:30:00+08:00': '2024-11-25T14:30:00.000Z',
    '2024-11-27T00:30:00.5+09:00': '2024-11-26T15:30:00.500Z',
    '2024-02-29t23:59:59.999z': '2024-02-29T23:59:59.999Z',
    '0099-12-31T00:00:00-01:30': '0099-12-31T01:30:00.000Z',
    '2024-01-01T00:00:00-00:00': '2024-01-01T00:00:00.000Z',
  }
  for (const [text, instant] of Object.entries(instants)) t.equal(Timestamp.parse(text).toISOString(), instant)
  const refused = [
    '2024-11-25T22:30:00',
    '2024-11-25 22:30:00Z',
    '2024-11-25',
    '2023-02-29T00:00:00Z',
    '2024-11-31T00:00:00Z',
    '2024-11-25T24:00:00Z',
    '2016-12-31T23:59:60Z',
    '2024-11-25T22:60:00Z',
    '2024-11-25T22:30:00.1234Z',
    '2024-11-25T22:30:00+24:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+08:00',
    '9999-12-31T23:59:59-01:00',
    '2024-11-25T22:30:00.Z',
    '2024-11-25T22:30Z',
    '+2024-11-25T22:30:00Z',
    '2024-11-25T22:30:00Z\n',
    '',
  ]
  for (const text of refused) t.match(Timestamp.safeParse(text), { success: false }, text)
  t.equal(TimestampWithOffset.parse('2024-11-25T22:30:00+08:00').offset, '+08:00')
  t.equal(TimestampWithOffset.parse('2024-11-25T22:30:00z').offset, '+00:00')
  t.ok(LocalDate.safeParse('2000-02-29').success)
  for (const text of ['1900-02-29', '2024-2-9', '0000-01-01', '2024-13-01', '2024-00-10'])
    t.notOk(LocalDate.safeParse(text).success, text)
})

t.test('texts count code points after NFC and keep the rest as sent', async (t) => {
  t.equal(Text(1, 4).parse('Cafe\u0301'), 'Caf\u00e9')
  t.ok(Text(3, 3).safeParse('🔥🔥🔥').success)
  t.notOk(Text(4, 9).safeParse('🔥🔥🔥').success)
  t.notOk(Text(1, 2).safeParse('🔥🔥🔥').success)
  t.equal(Narrative().parse(' a\r\n\tb '), ' a\r\n\tb ')
  t.ok(Text(0, 5).safeParse('').success)
  for (const text of ['a\u0000', 'a\u0007', 'a\u0085', 'a\ud800', '\udc00a', ' \u00a0\n ', ''])
    t.notOk(Narrative().safeParse(text).success)
  t.notOk(Text(1, 5).safeParse('a\nb').success)
  const documented = new Ajv2020().compile(wireSchema(Narrative(1, 10), 'request').root)
  for (const [text, fits] of [
    ['a\nb', true],
    ['a\u0007', false],
    ['', false],
    ['🔥'.repeat(10), true],
  ] as const)
    t.equal(documented(text), fits)
})

t.test('the serialiser writes what the schema names, in wire form', async (t) => {
  const serialise = compileSerialiser(NoteView)
  t.strictSame(JSON.parse(serialise({ ...aNote, secret: 1 })), wireNote)
  t.throws(() => serialise({ ...aNote, subject: undefined }), /required/)
  const named = compileSerialiser(
    z.object({ format: z.int(), examples: z.string(), type: z.enum(['x']), items: z.array(z.null()) }),
  )
  t.equal(
    named({ format: 1, examples: '"', type: 'x', items: [null] }),
    '{"format":1,"examples":"\\"","type":"x","items":[null]}',
  )
})

t.test('If-None-Match compares weakly, in lists, and by star', async (t) => {
  const etag = etagOf('a,b', 3)
  t.equal(etag, '"a,b.3"')
  for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*', ` ${etag} `]) t.ok(isUnmodified(header, etag), header)
  for (const header of [undefined, '', '"a,b.2"', 'a,b.3', '"x"']) t.notOk(isUnmodified(header, etag), String(header))
})

t.test('a cursor opens only with its key, for its question, unchanged, for a day', async (t) => {
  const [key, now] = [new Uint8Array(32).fill(7), new Date('2024-11-25T00:00:00Z')]
  const bound = { sort: '-occurredAt', filterHash: hashOf({ region: '74' }), scopeHash: hashOf(['74', 'secret']) }
  const position = ['2024-11-25T14:30:00.000Z', null, 5, 'id']
  const text = sealCursor(key, position, bound, now)
  const invalid = (open: () => unknown, why: string) => t.throws(open, { code: 'cursor_invalid' }, why)
  const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
  t.match(text, /^[A-Za-z0-9_-]{1,2000}$/)
  t.strictSame(openCursor(key, text, bound, later(24)), position)
  invalid(() => openCursor(key, text, bound, later(24.01)), 'expired')
  invalid(() => openCursor(new Uint8Array(32), text, bound, now), 'another key')
  for (const name of ['sort', 'filterHash', 'scopeHash'])
    invalid(() => openCursor(key, text, { ...bound, [name]: 'x' }, now), name)
  for (let at = 0; at < text.length; at += 1) {
    const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
    t.throws(() => openCursor(key, changed, bound, now), { code: 'cursor_invalid' })
  }
  for (const other of ['', 'x', `${text}=`, `${text}A`, 'é', text.slice(0, -4)])
    invalid(() => openCursor(key, other, bound, now), other)
  t.equal(linkNext('/v1/reports?limit=5&cursor=old', 'new'), '</v1/reports?limit=5&cursor=new>; rel="next"')
  t.equal(linkNext('/v1/reports', 'new'), '</v1/reports?cursor=new>; rel="next"')
})

t.test('what is thrown becomes a refusal of ours', async (t) => {
  const codeOf = (raised: unknown) => errorOf(raised).code
  const withCode = (code: string) => Object.assign(new Error('x'), { code })
  for (const code of ['08006', '53300', '57P01', '40001', 'ECONNREFUSED'])
    t.equal(codeOf(new Error('wrapped', { cause: withCode(code) })), 'service_unavailable', code)
  t.equal(codeOf(new Error('timeout exceeded when trying to connect')), 'service_unavailable')
  for (const code of ['22001', '22021', '22P02', '23502', '23514'])
    t.equal(codeOf(new Error('wrapped', { cause: withCode(code) })), 'value_refused', code)
  for (const code of ['23503', '23505', '23P01']) t.equal(codeOf(withCode(code)), 'change_refused', code)
  for (const code of ['40P01', '57014', '53200', '25006']) t.equal(codeOf(withCode(code)), 'service_unavailable', code)
  for (const raised of [
    withCode('42501'),
    withCode('42703'),
    Object.assign(new Error('x'), { statusCode: 404 }),
    'text',
    undefined,
    null,
  ])
    t.equal(codeOf(raised), 'internal_error')
})

t.test('every code and fault has words in both languages, with nothing left to fill', async (t) => {
  for (const language of ['id', 'en'] as const) {
    for (const code of errorCodes) {
      const faults = faultCodes.map((fault) => ({ pointer: '', code: fault }))
      const problem = problemOf(new DomainError(code, {}, faults), language, 'r')
      t.ok(problem.title && problem.detail && problem.errors?.every(({ detail }) => detail))
      t.notMatch(JSON.stringify([problem.detail, problem.errors?.map(({ detail }) => detail)]), /[{}]|\[\W?\w*\]/)
    }
  }
})

t.test('401 and 403 say how to authenticate', async (t) => {
  t.strictSame(headersOf(new DomainError('token_missing')), { 'www-authenticate': 'Bearer realm="waspada"' })
  t.match(headersOf(new DomainError('token_invalid')), { 'www-authenticate': /error="invalid_token"/ })
  const header = 'Bearer realm="waspada", error="insufficient_scope", scope="reports:read"'
  t.strictSame(headersOf(new DomainError('scope_missing', { scope: 'reports:read' })), { 'www-authenticate': header })
})
