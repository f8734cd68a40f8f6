import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import { pino } from 'pino'
import t from 'tap'
import { keyFileOf, openKeyFile } from '../../src/access/key-file.ts'
import { rotateKeys, voidKeys } from '../../src/access/rotate-keys.ts'
import { openKeys } from '../../src/access/signing-keys.ts'
import { startService } from '../../src/bin/start-service.ts'
import { callers } from '../support/callers.ts'
import { startApi, testNow } from '../support/start-api.ts'

const later = (seconds: number) => new Date(testNow.getTime() + seconds * 1000)
const kidOf = (token: string) => decodeProtectedHeader(token).kid

/** A service, and a second one beside it on the same data folder and database. */
async function startTwo(t: Parameters<typeof startApi>[0]) {
  const first = await startApi(t)
  const { app: second } = await startService(first.config, first.serviceUrl, {
    logger: pino({ level: 'silent' }),
    clock: () => first.time.now,
  })
  t.teardown(() => second.close())
  const me = async (app: Pick<typeof second, 'inject'>, token: string) =>
    (await app.inject({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${token}` } })).statusCode
  const published = async (app: Pick<typeof second, 'inject'>) => {
    const { keys } = (await app.inject({ method: 'GET', url: '/oauth/jwks' })).json()
    return keys.map(({ kid }: { kid: string }) => kid)
  }
  return { ...first, second, me, published, file: keyFileOf(first.config.dataDir) }
}

t.test('a rotation loses no token in flight, in whichever process it is', async (t) => {
  const { app, second, me, published, file, tokenOf, time } = await startTwo(t)
  const before = await tokenOf(callers.kendari)
  for (const each of [app, second]) t.equal(await me(each, before), 200)
  const { next } = await openKeyFile(file)
  const rotated = await rotateKeys(file, time.now)
  t.equal(rotated.current.kid, next.kid, 'what was published signs')

  // Nobody has looked at the file yet.
  const unaware = await tokenOf(callers.kolaka)
  t.equal(kidOf(unaware), kidOf(before))
  time.now = later(5)
  const after = await tokenOf(callers.bali)
  t.equal(kidOf(after), next.kid, 'the processes follow within seconds')
  for (const token of [before, unaware, after]) {
    for (const each of [app, second]) t.equal(await me(each, token), 200)
  }
  t.same(await published(app), [rotated.current.kid, rotated.next.kid, kidOf(before)])
  t.same(await published(second), await published(app))
})

t.test('a process that missed rotations looks for a key it does not know', async (t) => {
  const { second, me, file, config, time } = await startTwo(t)
  t.equal(await me(second, 'abc'), 401)
  for (let times = 0; times < 3; times += 1) await rotateKeys(file, time.now)
  const { issueToken } = await import('../../src/access/issue-token.ts')
  const request = { ...callers.kendari, subject: 'x', lifetime: 60, now: time.now }
  const token = await issueToken(await openKeys(config.dataDir), config, request)
  t.equal(await me(second, token), 200)
})

t.test('a key that signs no more is believed until its last token has ended', async (t) => {
  const { app, me, published, file, config, time } = await startTwo(t)
  const { issueToken } = await import('../../src/access/issue-token.ts')
  const request = { ...callers.kendari, subject: 'x', lifetime: 86_400, now: time.now }
  const longest = await issueToken(await openKeys(config.dataDir), config, request)
  await rotateKeys(file, time.now)
  time.now = later(86_400 - 1)
  t.equal(await me(app, longest), 200)
  t.equal((await published(app)).length, 3)
  time.now = later(86_400 + 20)
  t.equal(await me(app, longest), 401)
  t.equal((await published(app)).length, 2)
  t.equal((await rotateKeys(file, time.now)).previous.length, 1, 'and it is dropped from the file')
})

t.test('keys made anew void every token, and no cursor', async (t) => {
  const { app, me, file, tokenOf, time } = await startTwo(t)
  const token = await tokenOf(callers.kendari)
  const { cursorKey } = await openKeyFile(file)
  t.equal((await voidKeys(file)).cursorKey, cursorKey)
  time.now = later(5)
  t.equal(await me(app, token), 401)
  t.equal(await me(app, await tokenOf(callers.kendari)), 200)
})

t.test('the file is for its account alone, and is replaced whole', async (t) => {
  const file = keyFileOf(t.testdir())
  const [one, two] = await Promise.all([openKeyFile(file), openKeyFile(file)])
  t.same(one, two, 'two that start together end with the same keys')
  const rotated = await rotateKeys(file, testNow)
  t.equal((await stat(file)).mode & 0o777, 0o600)
  t.equal((await stat(dirname(file))).mode & 0o777, 0o700)
  t.same(await readdir(dirname(file)), ['keys.json'], 'no draft is left')
  t.same(await openKeyFile(file), rotated)
  const [previous] = rotated.previous
  t.notOk('d' in (previous?.key ?? {}), 'of a key that signs no more only the public half is kept')
})

t.test('a file of one key, as written before there were rotations, is taken over', async (t) => {
  const file = keyFileOf(t.testdir())
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const signing = { ...(await exportJWK(privateKey)), kid: 'old' }
  const cursorKey = randomBytes(32).toString('base64url')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify({ signing, cursorKey }), { mode: 0o600 })
  const opened = await openKeyFile(file)
  t.match(opened, { current: { kid: 'old' }, cursorKey, previous: [] })
  t.same(await openKeyFile(file), opened)
  await writeFile(file, '{}')
  await t.rejects(openKeyFile(file), 'what it cannot read it does not replace')
  t.equal(await readFile(file, 'utf8'), '{}')
})

t.test('a service goes on with the keys it has when the file is gone, and says so', async (t) => {
  const dataDir = t.testdir()
  const reported: Error[] = []
  const keys = await openKeys(dataDir, (error) => reported.push(error))
  const { kid } = await keys.signingKey(testNow)
  await rm(keyFileOf(dataDir))
  t.equal((await keys.signingKey(later(5))).kid, kid)
  t.equal(reported.length, 1)
})
