import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import t from 'tap'
import { createDatabase } from '../support/database.ts'
import { runCommand } from '../support/run-command.ts'
import { runWaspada } from '../support/run-waspada.ts'

interface Test {
  testdir(): string
  teardown(end: () => Promise<void> | void): unknown
}

/** The command line on a prepared database of its own. */
async function atConsole(t: Test) {
  const { adminUrl, admin } = await createDatabase(t)
  const folder = t.testdir()
  const environment = { WASPADA_DATA_DIR: join(folder, 'data'), DATABASE_URL: adminUrl }
  const client = (...args: string[]) => runCommand(['client', ...args], environment)
  const save = async (name: string, text: string) => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  return { admin, environment, client, save, path: (name: string) => join(folder, name) }
}

const kendari = [
  '--id',
  'kendari',
  '--office',
  '74.71',
  '--scope',
  'reports:submit reports:read',
  '--clearance',
  'restricted',
]

t.test('one client comes on board, is changed, rotated, disabled and listed', async (t) => {
  const { admin, client, path } = await atConsole(t)
  const added = await client('add', ...kendari, '--name', 'Kesbangpol Kota Kendari')
  t.match(added, { code: 0, stdout: /^wsp_[\w-]{43}\n$/, stderr: /kendari is on board/ }, 'a secret and nothing else')
  const digest = (secret: string) => createHash('sha256').update(secret.trim()).digest()
  const stored = async () => (await admin.query('SELECT secret_sha256 FROM client_credentials')).rows
  t.same(await stored(), [{ secret_sha256: digest(added.stdout) }])
  t.match(await client('add', ...kendari), { code: 1, stdout: '', stderr: /Client exists/ })

  const rotated = await client('rotate', 'kendari', '--secret-file', path('secret'), '--revoke-tokens')
  t.match(rotated, { code: 0, stdout: '', stderr: /new secret; the old ones have ended/ })
  t.equal((await stat(path('secret'))).mode & 0o777, 0o600)
  t.same(await stored(), [{ secret_sha256: digest(await readFile(path('secret'), 'utf8')) }])
  t.match(await client('rotate', 'kendari', '--secret-file', path('secret')), { code: 1, stderr: /is there already/ })
  t.equal((await stored()).length, 1, 'no secret is made for which there is no place')

  const file = path('kendari.json')
  t.match(await client('rotate', 'kendari', '--credentials-file', file, '--overlap-hours', '1'), { stdout: '' })
  const { secret, ...known } = JSON.parse(await readFile(file, 'utf8'))
  t.same(known, {
    clientId: 'kendari',
    office: '74.71',
    name: 'Kesbangpol Kota Kendari',
    scopes: ['reports:submit', 'reports:read'],
    clearance: 'restricted',
  })
  t.equal((await stat(file)).mode & 0o777, 0o600)
  t.match(await stored(), [{}, { secret_sha256: digest(secret) }])

  t.match(await client('set', 'kendari', '--scope', 'reports:read', '--clearance', 'ordinary'), {
    code: 0,
    stdout: '',
    stderr: /cleared for ordinary, and may ask for reports:read/,
  })
  t.match(await client('disable', 'kendari'), { code: 0, stderr: /kendari is disabled/ })
  t.match(await client('list', '--disabled'), { code: 0, stdout: /^client_id .*\nkendari +74\.71 .*disabled \d{4}-/ })
  t.equal((await client('list', '--region', '51', '--format', 'csv')).stdout.split('\r\n').length, 2)
  t.match(JSON.parse((await client('list', '--format', 'json')).stdout), [
    { clientId: 'kendari', scopes: ['reports:read'], disabled: true, version: 5, credentials: [{ kind: 'secret' }] },
  ])
  t.match(await client('enable', 'kendari'), { code: 0, stderr: /kendari is enabled/ })

  const { rows } = await admin.query('SELECT action, operation, client_id, actor FROM audit_entries ORDER BY id')
  t.same(
    rows.map(({ action }) => action),
    [
      'client.added',
      'client.rotated',
      'client.rotated',
      'client.changed',
      'client.disabled',
      'client.listed',
      'client.listed',
      'client.listed',
      'client.enabled',
    ],
  )
  t.match(rows[0], { operation: 'client add', client_id: 'system:console', actor: /^console:./ })
})

t.test('an office makes its own key pair, and proves itself with it', async (t) => {
  const { admin, client, save, path } = await atConsole(t)
  const made = await client('keygen', '--out', path('kendari.key.json'))
  t.equal(made.code, 0)
  t.equal((await stat(path('kendari.key.json'))).mode & 0o777, 0o600)
  const jwk = JSON.parse(made.stdout)
  t.notOk('d' in jwk, 'only the public half is printed')
  t.match(await client('keygen', '--out', path('kendari.key.json')), { code: 1, stdout: '', stderr: /there already/ })

  const file = await save('kendari.pub.json', made.stdout)
  const note = path('kendari.json')
  const added = await client('add', ...kendari, '--public-key', file, '--credentials-file', note)
  t.match(added, { code: 0, stdout: '', stderr: new RegExp(jwk.kid) })
  t.match(JSON.parse(await readFile(note, 'utf8')), { clientId: 'kendari', kid: jwk.kid, secret: undefined })
  const { rows } = await admin.query('SELECT public_jwk FROM client_credentials')
  t.same(rows, [{ public_jwk: jwk }])
  t.match(await client('rotate', 'kendari', '--public-key', path('kendari.key.json')), {
    code: 1,
    stderr: /private key/,
  })
  t.match(await client('rotate', 'kendari', '--public-key', file), { code: 1, stderr: /in force already/ })

  const audience = 'http://127.0.0.1:3000/oauth/token'
  const asked = ['assertion', '--id', 'kendari', '--key', path('kendari.key.json'), '--audience', audience]
  const [first, second] = [await client(...asked), await client(...asked)]
  const assertion = first.stdout.trim()
  t.same(decodeProtectedHeader(assertion), { alg: 'ES256', typ: 'JWT', kid: jwk.kid })
  const { payload } = await jwtVerify(assertion, await importJWK(jwk, 'ES256'), { audience, subject: 'kendari' })
  t.match(payload, { iss: 'kendari', exp: Number(payload.iat) + 60 })
  t.not(decodeJwt(second.stdout.trim()).jti, payload.jti, 'each is good once')
})

t.test('a PEM of another kind of key is taken as well', async (t) => {
  const { admin, client, save } = await atConsole(t)
  const { generateKeyPairSync } = await import('node:crypto')
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = await save('rsa.pem', publicKey.export({ type: 'spki', format: 'pem' }).toString())
  t.equal((await client('add', ...kendari, '--public-key', pem)).code, 0)
  const { rows } = await admin.query('SELECT public_jwk FROM client_credentials')
  t.match(rows, [{ public_jwk: { kty: 'RSA', e: 'AQAB' } }])
  const whole = await save('whole.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  t.match(await client('rotate', 'kendari', '--public-key', whole), { code: 1, stderr: /private key/ })
  const proof = ['assertion', '--id', 'kendari', '--audience', 'http://127.0.0.1:3000', '--key']
  const { payload } = await jwtVerify((await client(...proof, whole)).stdout.trim(), publicKey)
  t.match(payload, { iss: 'kendari', aud: 'http://127.0.0.1:3000' }, 'and the private half signs')
  const none = await save('none.pem', 'nothing')
  t.match(await client(...proof, none), { code: 1, stdout: '', stderr: /none.pem holds no private key/ })
  t.match(await client('rotate', 'kendari', '--public-key', none), { code: 1, stderr: /no public key/ })
})

t.test('the whole country comes on board from one file in one command, once', async (t) => {
  const { admin, client, save, path } = await atConsole(t)
  const template = await client('template', '--delimiter', ';')
  t.equal(template.code, 0)
  t.match(template.stdout, 'kesbangpol-74.71;74.71;;Kesbangpol Kota Kendari;reports:submit reports:read')
  const key = await client('keygen', '--out', path('denpasar.key.json'))
  await save('denpasar.json', key.stdout)
  const lines = template.stdout.split('\r\n')
  t.equal(lines.length, 1 + 553 + 1)
  const edited = lines.map((line) => (line.startsWith('kesbangpol-51.71;') ? `${line}denpasar.json` : line))
  const file = await save('offices.csv', `\uFEFF${edited.join('\r\n')}`)

  const onboarded = await client('add', '--file', file, '--credentials', path('credentials'))
  t.match(onboarded, { code: 0, stdout: '', stderr: /553 clients are on board/ })
  const notes = await readdir(path('credentials'))
  t.equal(notes.length, 553)
  t.equal((await stat(path('credentials'))).mode & 0o777, 0o700)
  t.equal((await stat(join(path('credentials'), 'kesbangpol-74.71.json'))).mode & 0o777, 0o600)
  const note = async (id: string) => JSON.parse(await readFile(join(path('credentials'), `${id}.json`), 'utf8'))
  t.match(await note('kesbangpol-74.71'), { clientId: 'kesbangpol-74.71', office: '74.71', clearance: 'restricted' })
  t.match(await note('kesbangpol-51.71'), { kid: JSON.parse(key.stdout).kid, secret: undefined })
  const { secret } = await note('kesbangpol-74')
  const { rows } = await admin.query(
    `SELECT c.tier, count(*)::int AS clients, count(k.id)::int AS credentials FROM clients c JOIN client_credentials k USING (client_id)
     GROUP BY c.tier ORDER BY c.tier`,
  )
  t.same(rows, [
    { tier: 'national', clients: 1, credentials: 1 },
    { tier: 'province', clients: 38, credentials: 38 },
    { tier: 'regency', clients: 514, credentials: 514 },
  ])
  const found = await admin.query('SELECT client_id FROM client_credentials WHERE secret_sha256 = $1', [
    createHash('sha256').update(secret).digest(),
  ])
  t.same(found.rows, [{ client_id: 'kesbangpol-74' }])
  t.equal((await admin.query(`SELECT FROM audit_entries WHERE action = 'client.added'`)).rowCount, 553)

  await client('disable', 'kesbangpol-74.71')
  const again = await client('add', '--file', file, '--credentials', path('more'))
  t.match(again, { code: 0, stderr: /kesbangpol-74\.71 stands already, disabled; it is left alone/ })
  t.match(again.stderr, 'there was no new client in the file')
  t.notOk((await readdir(path('.'))).includes('more'), 'and no folder of credentials')

  await client('set', 'kesbangpol-74', '--clearance', 'restricted')
  const changed = await client('add', '--file', file, '--credentials', path('more'))
  const line = lines.findIndex((text) => text.startsWith('kesbangpol-74;')) + 1
  t.match(changed, { code: 1, stderr: `line ${line}, column clearance: Client kesbangpol-74 stands already` })
  t.match(changed.stderr, 'use waspada client set kesbangpol-74 --clearance')
})

t.test('every fault of every row is named, and nothing is written', async (t) => {
  const { admin, client, save, path } = await atConsole(t)
  const { stdout: jwk } = await client('keygen', '--out', path('a.key.json'))
  const cell = `"${jwk.trim().replaceAll('"', '""')}"`
  const rows = [
    'client_id,office,agency,name,scopes,clearance,public_key',
    'good,74.71,,Baik,reports:read,restricted,',
    'moved,7471,,,reports:read,restricted,',
    'both,74.71,bssn,,reports:read,restricted,',
    'none,,,,reports:read,restricted,',
    'wide,74.71,,,reports:read clients:manage,cosmic,',
    'nowhere,74.99,,,,restricted,',
    'has blank,74.71,,,reports:read,restricted,',
    'good,74.01,,,reports:read,restricted,',
    `first,74.01,,,reports:read,restricted,${cell}`,
    `second,74.01,,,reports:read,restricted,${cell}`,
    'lost,74.01,,,reports:read,restricted,lost.pem',
    'private,74.01,,,reports:read,restricted,a.key.json',
    'short,74.71,reports:read',
  ]
  const file = await save('offices.csv', rows.join('\n'))
  const refused = await client('add', '--file', file, '--credentials', path('credentials'))
  t.match(refused, { code: 1, stdout: '' })
  const told = refused.stderr.split('\n').filter((line) => line.startsWith('  '))
  const expected = [
    /line 3, column office: The format is wrong.*format the column as text/,
    /line 4, column agency: The value is not allowed/,
    /line 5, column office: This is required/,
    /line 6, column clearance: The value is not allowed; allowed: ordinary/,
    /line 6, column scopes: scope 2: The value is not allowed; allowed: reports:submit/,
    /line 7, column scopes: There are too few/,
    /line 7, column office: There is no office with this code: 74.99/,
    /line 8, column client_id: The format is wrong/,
    /line 9, column client_id: Client good is on line 2 already/,
    /line 11, column public_key: This key is that of first/,
    /line 12, column public_key: There is no file lost.pem beside this one/,
    /line 13, column public_key: This is a private key/,
    /line 14: 3 cells where the header has 7/,
  ]
  for (const fault of expected)
    t.ok(
      told.some((line) => fault.test(line)),
      String(fault),
    )
  t.equal(told.length, expected.length, told.join('\n'))
  t.equal((await admin.query('SELECT FROM clients')).rowCount, 0)
  t.notOk((await readdir(path('.'))).includes('credentials'))
})

t.test('credentials are kept nowhere else than where they were asked for, and vanish with a refusal', async (t) => {
  const { admin, client, save, path } = await atConsole(t)
  const file = await save(
    'offices.csv',
    'client_id,office,scopes,clearance\na,74.71,reports:read,restricted\nA,74.01,reports:read,restricted\n',
  )
  await mkdir(path('full'))
  await save('full/other', '')
  t.match(await client('add', '--file', file, '--credentials', path('full')), { code: 1, stderr: /is not empty/ })
  t.same(await readdir(path('full')), ['other'])

  await admin.query(`CREATE FUNCTION refuse_a() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NEW.client_id = 'A' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER refuse_a BEFORE INSERT ON clients FOR EACH ROW EXECUTE FUNCTION refuse_a()`)
  t.equal((await client('add', '--file', file, '--credentials', path('new'))).code, 1)
  t.notOk((await readdir(path('.'))).includes('new'), 'what never came into force is removed')
  t.equal((await admin.query('SELECT FROM clients')).rowCount, 0)
})

t.test('as a process of its own, the secret alone is on standard output', async (t) => {
  const { environment } = await atConsole(t)
  const added = await runWaspada(['client', 'add', ...kendari], environment)
  t.match(added, { code: 0, stdout: /^wsp_[\w-]{43}\n$/, stderr: 'waspada: client kendari is on board\n' })
  t.match(await runWaspada(['client', 'add', ...kendari], environment), {
    code: 1,
    stdout: '',
    stderr: /Client exists/,
  })
})

t.test('a command called wrongly exits with 2, and one that is refused with 1', async (t) => {
  const { client } = await atConsole(t)
  t.match(await client('add', '--id', 'a'), { code: 2, stderr: /--scope <scopes>, --clearance <level>/ })
  t.match(await client('add', '--file', 'x.csv'), { code: 2, stderr: /--credentials/ })
  t.match(await client('add', '--file', 'x.csv', '--id', 'a'), { code: 2, stderr: /cannot be used with/ })
  t.match(await client('add', ...kendari, '--public-key', 'a', '--secret-file', 'b'), { code: 2 })
  t.match(await client('add', ...kendari, '--credentials', 'a'), { code: 2, stderr: /--file <csv>/ })
  t.match(await client('add', ...kendari, '--credentials-file', 'a', '--secret-file', 'b'), { code: 2 })
  t.match(await client('set', 'kendari'), { code: 2, stderr: /one of --scope/ })
  t.match(await client('rotate', 'kendari', '--overlap-hours', '73'), { code: 2, stderr: /0 to 72/ })
  t.match(await client('disable', 'has blank'), { code: 2, stderr: /letters, digits/ })
  t.match(await client('disable', 'nobody'), { code: 1, stdout: '', stderr: /No such client/ })
  const wide = await client('add', '--id', 'a', '--office', '74.71', '--scope', 'audit:read', '--clearance', 'ordinary')
  t.match(wide, { code: 1, stdout: '', stderr: /\/scopes\/0: The value is not allowed/ })
  t.match(await client('add', '--id', 'a', '--scope', 'reports:read', '--clearance', 'ordinary'), {
    code: 1,
    stderr: /\/office: This is required/,
  })
})
