import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, exportPKCS8 } from 'jose'
import t, { type Test } from 'tap'
import { itemInWords, unwrittenInWords } from '../../src/bin/outbox-in-words.ts'
import { makeKeyPair } from '../../src/clients/key-pair.ts'
import { aPhoto, sha256Of } from '../attachments/files.ts'
import { callers } from '../support/callers.ts'
import { marked } from '../support/outbox-desk.ts'
import { runCommand } from '../support/run-command.ts'
import { runWaspada } from '../support/run-waspada.ts'
import { addKey, addSecret } from '../support/token-clients.ts'
import { serveApi } from './serve-api.ts'

async function office(t: Test) {
  const folder = await mkdtemp(join(tmpdir(), 'waspada-report-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const outbox = join(folder, 'outbox')
  const file = async (name: string, content: unknown) => {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
    return join(folder, name)
  }
  const report = (...args: string[]) => runCommand(['report', ...args], { WASPADA_OUTBOX: outbox })
  return { folder, outbox, file, report }
}

t.test('an office composes, queues without a line, and sends when it is back', async (t) => {
  const { folder, file, report } = await office(t)
  const facts = await file('facts.txt', 'Lima orang tak dikenal merusak dua belas baliho.\n')
  const members = [
    ...['--product', 'incident', '--athg', 'disruption', '--domain', 'politics', '--incident-type', 'perusakan_apk'],
    ...['--phase', 'actual', '--severity', 'moderate', '--subject', 'Perusakan alat peraga', '--facts-file', facts],
    ...['--occurred-at', '2024-11-25T22:30:00+08:00', '--region', '74.71', '--coordinates', '122.513,-3.975'],
    ...['--source', 'fkdm', '--credibility', '2', '--place', 'Mandonga'],
  ]
  const composed = join(folder, 'laporan.json')
  t.match(await report('compose', ...members, '--out', composed), { code: 0, stdout: '' })
  t.equal((await stat(composed)).mode & 0o777, 0o600)
  const text = JSON.parse(await readFile(composed, 'utf8'))
  t.match(text, {
    clientReference: /^outbox-/,
    composedAt: /Z$/,
    facts: 'Lima orang tak dikenal merusak dua belas baliho.',
    location: { regionCode: '74.71', place: 'Mandonga', coordinates: [122.513, -3.975] },
    source: { kind: 'fkdm', credibility: 2 },
  })
  t.match(await report('queue', '--file', composed), { code: 0, stdout: /^Queued as 000000001-/ })
  t.match(await report('queue', '--file', composed), { code: 0, stdout: /this very report already \(waiting\)/ })
  t.match(await report('queue', '--file', composed, '--severity', 'low'), { code: 1, stderr: /says something else/ })
  await report('queue', ...members, '--incident-type', 'tidak_ada', '--reference', 'kdi-2')
  const third = await report('queue', ...members, '--reference', 'kdi-3', '--exercise', '--json')
  t.match(JSON.parse(third.stdout), { clientReference: 'kdi-3', state: 'waiting', isNew: true })
  t.match(await report('status'), { code: 0, stdout: /^3 waiting\n {2}000000001-.*Perusakan alat peraga\n/ })

  const closed = ['--url', 'http://127.0.0.1:9', '--token-file', await file('token', 'x')]
  t.match(await report('send', ...closed), { code: 1, stderr: /what waits is kept/ })

  const api = await serveApi(t)
  const url = api.baseUrl
  const credentials = await file('kendari.json', { clientId: 'kendari', secret: await addSecret(api.admin, 'kendari') })
  const wrong = await file('wrong.json', { clientId: 'kendari', secret: 'wsp_wrong' })
  t.match(await report('send', '--url', url, '--credentials', wrong), {
    code: 1,
    stderr: /nothing is lost: .*invalid_client/,
  })
  const sent = await report('send', '--url', url, '--credentials', credentials)
  t.match(sent, { code: 3, stderr: /2 sent, 1 refused, 0 damaged/ })
  t.match(
    sent.stdout,
    /^sent .*74\.71\/2024\/000001\nrefused .*kdi-2\n.*\/incidentType .*\nsent .*74\.71\/2024\/000002\n$/s,
  )
  t.match(await report('status'), { stdout: /^0 waiting\n1 refused\n.*kdi-2.*\n {4}422 .*\n {4}\/incidentType /s })
  t.match(JSON.parse((await report('status', '--json')).stdout), { refused: [{ clientReference: 'kdi-2' }] })
  t.match(JSON.parse((await report('show', 'kdi-2')).stdout), {
    state: 'refused',
    report: { incidentType: 'tidak_ada' },
  })

  t.match(await report('edit', 'kdi-2', '--incident-type', 'perusakan_apk'), {
    code: 0,
    stdout: /^Queued as 000000004/,
  })
  t.match(await report('edit', 'kdi-2', '--severity', 'besar'), { code: 1, stderr: /\/severity must be one of low/ })
  t.match(await report('send', '--url', url, '--credentials', credentials), { code: 0 })
  t.match(await report('discard', 'kdi-3'), { code: 1, stderr: /sent already: it is report 74\.71\/2024\/000002/ })
  const { rows } = await api.admin.query('SELECT client_reference AS r FROM reports ORDER BY register_number')
  t.same(
    rows.map(({ r }) => r),
    [text.clientReference, 'kdi-3', 'kdi-2'],
  )
})

t.test('what is refused, discarded or damaged is named, and can be taken up again', async (t) => {
  const { outbox, file, report } = await office(t)
  for (const mark of ['1', '2'])
    await report('queue', '--file', await file('one.json', marked(mark, { clientReference: `kdi-${mark}` })))
  t.match(await report('discard', 'kdi-1'), { code: 0, stdout: /Discarded 000000001-.*may have arrived/ })
  t.match(await report('requeue', 'kdi-1'), { code: 0, stdout: /^Queued as 000000003-/ })
  const [second = ''] = await readdir(join(outbox, 'waiting'))
  await writeFile(join(outbox, 'waiting', second), '{"version": 1')
  t.match(await report('status'), { stdout: /1 waiting.*1 damaged\n {2}000000002-.*no JSON/s })
  t.match(await report('show', '2'), { code: 0, stderr: /is damaged/, stdout: '{"version": 1\n' })
  t.match(await report('requeue', '2'), { code: 1, stderr: /No report can be read/ })
  t.match(await report('show', '7'), { code: 1, stderr: /There is no item 7/ })
})

t.test('bad input is named before anything is queued', async (t) => {
  const { outbox, file, report } = await office(t)
  const bad = await file('bad.json', { ...marked('a'), severity: 'besar', judul: 'x' })
  const ran = await report('queue', '--file', bad)
  t.match(ran, { code: 1, stderr: /\/judul is no member of a report\n {2}\/severity must be one of/ })
  t.match(await report('compose', '--file', await file('list.json', [])), { code: 1, stderr: /holds no report/ })
  t.match(await report('compose', '--file', await file('no.json', '{')), { code: 1, stderr: /is not JSON/ })
  t.match(await report('compose', '--coordinates', 'here'), { code: 2 })
  t.match(await report('send'), { code: 2, stderr: /required: --credentials/ })
  t.match(await report('send', '--client-id', 'kendari'), { code: 2, stderr: /goes together/ })
  const noSecret = await file('kid.json', { clientId: 'kendari', kid: 'x' })
  t.match(await report('send', '--credentials', noSecret), { code: 2, stderr: /name it with --key/ })
  t.match(await report('send', '--token-file', 'nowhere'), { code: 1, stderr: /no such file/ })
  t.match(await report('queue'), { code: 2, stderr: /There is no report: say it by --file/ })
  const some = await report('compose', '--subject', 'a', '--region', '7471')
  t.match(some.stderr, /\/facts is missing \(--facts-file\)\n.*\/source is missing \(--source\)\n/s)
  t.match(some.stderr, /\/subject must have at least 5 characters \(--subject\)\n/)
  t.match(some.stderr, /\/location\/regionCode is not of its form: .* \(--region\)\n/)
  const noFacts = await report('compose', '--facts-file', 'nowhere')
  t.match(noFacts, { code: 1, stderr: /nowhere cannot be read: there is no such file/ })
  const token = await file('token', 'x')
  for (const url of ['kesbangpol', 'localhost:3000'])
    t.match(await report('send', '--url', url, '--token-file', token), {
      code: 1,
      stderr: new RegExp(`--url \\(or WASPADA_URL\\) ${url} is not the address of a service, such as https:`),
    })
  t.match(await report('status', '--outbox', token), { code: 1, stderr: /token is no folder: name one by --outbox/ })
  await t.rejects(readdir(join(outbox, 'waiting')))
})

t.test('an office with a key pair sends as a program', async (t) => {
  const { outbox, folder, file, report } = await office(t)
  const api = await serveApi(t)
  const url = api.baseUrl
  api.time.now = new Date()
  t.match(await report('queue', '--file', await file('one.json', marked('1'))), { code: 0 })
  const token = await file('token', await api.tokenOf(callers.kendari))
  const ran = await runWaspada(['report', 'send', '--url', url, '--token-file', token], { WASPADA_OUTBOX: outbox })
  t.match(ran, { code: 0, stdout: /^sent {5}000000001-/ })
  t.match(await runWaspada(['report', 'send'], { HOME: folder }), { code: 2, stderr: /required/ })

  const { privateJwk } = await makeKeyPair()
  t.match(await report('queue', '--file', await file('two.json', marked('2'))), { code: 0 })
  const key = await file('office.key.json', privateJwk)
  const unknown = await report('send', '--url', url, '--client-id', 'kendari', '--key', key)
  t.match(unknown, { code: 1, stderr: /nothing is lost: .*invalid_client/ }, 'a key that nobody registered')

  const { privateKey, kid } = await addKey(api.admin, 'kendari')
  const jwk = await file('kendari.key.json', { ...(await exportJWK(privateKey)), kid, alg: 'ES256' })
  const credentials = await file('kendari.json', { clientId: 'kendari', kid, office: '74.71' })
  const byKey = await report('send', '--url', url, '--credentials', credentials, '--key', jwk)
  t.match(byKey, { code: 0, stdout: /^sent {5}000000002-/ }, 'with the file of its private key')
  t.match(await report('queue', '--file', await file('three.json', marked('3'))), { code: 0 })
  const pem = await file('kendari.pem', await exportPKCS8(privateKey))
  const where = ['--token-url', `${url}/oauth/token`]
  const byPem = await report('send', '--url', url, '--client-id', 'kendari', '--key', pem, ...where)
  t.match(byPem, { code: 0, stdout: /^sent {5}000000003-/ })

  const spent = await file('spent', await api.tokenOf(callers.kendari, { lifetime: 60 }))
  api.time.now = new Date(Date.now() + 3_600_000)
  t.match(await report('queue', '--file', await file('four.json', marked('4'))), { code: 0 })
  const refused = await report('send', '--url', url, '--token-file', spent)
  t.match(refused, { code: 1, stderr: /nothing is lost: The service refuses the access token/ })
  const plain = await report('send', '--url', 'http://waspada.example', '--token-file', token)
  t.match(plain, { code: 1, stderr: /plain http, .*; --allow-insecure allows it/ })
})

t.test('files are composed and queued with their report, and sent after it', async (t) => {
  const { folder, outbox, file, report } = await office(t)
  const photo = await aPhoto()
  const path = join(folder, 'Baliho.jpg')
  await writeFile(path, photo)
  const note = await file('catatan.txt', 'This is no photo.')
  const composed = join(folder, 'laporan.json')
  const one = await file('one.json', marked('1', { clientReference: 'kdi-1' }))
  t.match(await report('compose', '--file', one, '--attach', join(folder, 'nowhere')), {
    code: 1,
    stderr: /is no file/,
  })
  t.match(await report('compose', '--file', one, '--attach', await file('empty', '')), { code: 1, stderr: /0 bytes/ })
  await report('compose', '--file', one, '--attach', path, '--out', composed)
  t.match(JSON.parse(await readFile(composed, 'utf8')), { clientReference: 'kdi-1', attach: [path] })
  t.match(await report('queue', '--file', composed, '--attach', note), { code: 0 })
  await rm(path)
  t.match(await report('status'), { stdout: /1 waiting\n.*\n {4}Baliho\.jpg \(\d+ bytes\)\n {4}catatan\.txt/ })
  await report('queue', '--file', await file('two.json', marked('2', { clientReference: 'kdi-2' })))

  const api = await serveApi(t)
  const token = await file('token', await api.tokenOf(callers.kendari))
  const sent = await report('send', '--url', api.baseUrl, '--token-file', token)
  t.match(sent, { code: 3, stderr: /2 sent, 0 refused, 0 damaged; files: 1 sent, 1 refused/ })
  t.match(sent.stdout, /^sent .*kdi-1.*\nsent .*kdi-2.*\nattached .*Baliho\.jpg.*\nrefused .*catatan\.txt.*type\n$/)
  t.match(await report('status'), {
    stdout: /1 refused\n.*kdi-1.*stands as 74\.71\/2024\/000001\n.*sent\n.*refused: type\n/,
  })
  t.match(await report('discard', 'kdi-1'), { code: 0 })
  t.match(await report('status'), { stdout: /0 refused/ })
  t.same(await readdir(join(outbox, 'files')), [])
  const { rows } = await api.admin.query('SELECT file_name, sha256 FROM attachments')
  t.same(rows, [{ file_name: 'Baliho.jpg', sha256: sha256Of(photo) }])
})

t.test('files of a report that has not arrived are added and taken away', async (t) => {
  const { folder, outbox, file, report } = await office(t)
  const one = await file('one.json', marked('1', { clientReference: 'kdi-1' }))
  const [photo, note] = [await file('baliho.jpg', 'photo'), await file('catatan.txt', 'note')]
  await mkdir(join(folder, 'lain'))
  const same = await file('lain/baliho.jpg', 'another photo')
  await report('queue', '--file', one, '--attach', photo)
  t.match(await report('edit', 'kdi-1', '--attach', note, '--attach', same), { code: 0 })
  t.match(await report('status'), { stdout: /1 waiting\n.*\n {4}baliho\.jpg .*\n {4}catatan\.txt .*\n {4}baliho\.jpg/ })
  t.match(await report('edit', 'kdi-1', '--detach', 'nowhere.jpg'), {
    code: 1,
    stderr: /no file nowhere\.jpg, it has baliho/,
  })
  const several = await report('edit', 'kdi-1', '--detach', 'baliho.jpg')
  t.match(several, { code: 1, stderr: /baliho\.jpg is several files/ })
  const digest = sha256Of(Buffer.from('photo')).slice(0, 12)
  t.match(several.stderr, digest)
  t.match(await report('edit', 'kdi-1', '--severity', 'high', '--detach', digest, '--detach', 'catatan.txt'), {
    code: 0,
  })
  const kept = JSON.parse((await report('show', 'kdi-1')).stdout)
  t.match(kept, { report: { severity: 'high' }, files: [{ name: 'baliho.jpg', size: 13 }] })
  t.equal(kept.files.length, 1)

  await rm(join(outbox, 'files', `${kept.id}.0`))
  t.match(await report('requeue', 'kdi-1'), { code: 1, stderr: /baliho\.jpg cannot be read/ })
  const composed = await file('composed.json', { ...marked('1', { clientReference: 'kdi-1' }), attach: [photo] })
  t.match(await report('edit', 'kdi-1', '--file', composed, '--detach', 'baliho.jpg'), { code: 0 }, 'one that is lost')
  t.match(JSON.parse((await report('show', 'kdi-1')).stdout), { files: [{ sha256: sha256Of(Buffer.from('photo')) }] })
})

t.test('what a full disk means is said in words', (t) => {
  t.match(unwrittenInWords({ reason: 'It is full', count: 0 }), /^It is full; nothing is lost, make room/)
  t.match(
    unwrittenInWords({ reason: 'It is full', count: 2 }),
    /^It is full: of 2 it is not written down .* which doubles nothing$/,
  )
  t.match(itemInWords({ became: 'damaged', file: 'x', reason: 'it is a link' }), /^damaged {2}x: it is a link$/)
  t.end()
})
