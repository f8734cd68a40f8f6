import t from 'tap'
import { openApiDocument } from '../../src/http/contract/document.ts'
import { sampleApp } from './sample-app.ts'
import { id, submission } from './sample-notes.ts'

const { app, violations } = await sampleApp()
t.teardown(() => app.close())

const [json, mergePatch] = ['application/json', 'application/merge-patch+json']
const send = (method: 'POST' | 'PATCH', headers: Record<string, string>, payload: string | Buffer = '{"subject":') =>
  app.inject({ method, url: method === 'POST' ? '/v1/notes' : `/v1/notes/${id}`, headers, payload })

t.test('a POST takes JSON and a PATCH a merge patch, and neither the other', async (t) => {
  const patched = await send('PATCH', { 'content-type': mergePatch }, '{"subject":"Diperbaiki"}')
  t.match(patched.json(), { subject: 'Diperbaiki' })
  t.equal((await send('POST', { 'content-type': json }, JSON.stringify(submission))).statusCode, 201)
  const asJson = await send('PATCH', { 'content-type': json })
  t.equal(asJson.statusCode, 415)
  t.match(asJson.json(), { code: 'media_type_unsupported', detail: /application\/merge-patch\+json/ })
  t.match(asJson.headers, { accept: mergePatch, 'accept-patch': mergePatch })
  const asPatch = await send('POST', { 'content-type': mergePatch })
  t.equal(asPatch.statusCode, 415)
  t.equal(asPatch.headers.accept, json)
  t.notOk(asPatch.headers['accept-patch'])
})

t.test('the media type is refused before the body is read', async (t) => {
  const broken = Buffer.from('{"subject":"\xe9', 'latin1')
  for (const type of [
    'text/plain',
    'text/json',
    'application/json, text/plain',
    'application/jsonp',
    'application/problem+json',
    'multipart/form-data; boundary=x',
    'nonsense',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; charset=latin1',
    'application/json; charset=',
    ' ',
  ])
    t.equal((await send('POST', { 'content-type': type }, broken)).statusCode, 415, type)
  const large = Buffer.alloc(300_000, 'x')
  t.equal((await send('POST', { 'content-type': 'text/plain' }, large)).statusCode, 415, 'not 413')
  t.equal((await send('POST', { 'content-type': json }, large)).statusCode, 413)
  t.equal((await app.inject({ method: 'POST', url: '/v1/notes', payload: broken })).statusCode, 415, 'none at all')
  t.equal((await send('POST', { 'content-type': 'text/plain' }, '')).statusCode, 415, 'of an empty body too')
})

t.test('spellings of the media type that mean the same', async (t) => {
  for (const type of [
    'Application/JSON',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'application/json ; profile="x"',
    'application/json;',
  ])
    t.equal((await send('POST', { 'content-type': type }, JSON.stringify(submission))).statusCode, 201, type)
  const empty = await app.inject({ method: 'POST', url: `/v1/notes/${id}/close`, headers: { 'content-type': json } })
  t.equal(empty.statusCode, 204, 'an empty body is none')
  t.equal((await app.inject({ method: 'POST', url: `/v1/notes/${id}/close` })).statusCode, 204)
})

t.test('a body that is packed is refused, and the caller told what is taken', async (t) => {
  for (const coding of ['gzip', 'br', 'identity, gzip', 'x']) {
    const response = await send('POST', { 'content-type': json, 'content-encoding': coding })
    t.equal(response.statusCode, 415, coding)
    t.equal(response.headers['accept-encoding'], 'identity')
  }
  const plain = { 'content-type': json, 'content-encoding': 'identity' }
  t.equal((await send('POST', plain, JSON.stringify(submission))).statusCode, 201)
})

t.test('the document says what each operation takes', async (t) => {
  const { paths } = openApiDocument(app) as {
    paths: Record<string, Record<string, { requestBody?: { content: object } }>>
  }
  t.same(Object.keys(paths['/v1/notes']?.post?.requestBody?.content ?? {}), [json])
  t.same(Object.keys(paths['/v1/notes/{id}']?.patch?.requestBody?.content ?? {}), [mergePatch])
  t.strictSame(violations, [])
})
