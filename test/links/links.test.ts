import t from 'tap'
import { aReportIn } from '../support/a-report.ts'
import type { CallerName } from '../support/callers.ts'
import { holdRaise } from '../support/hold-change.ts'
import { type Api, startApi } from '../support/start-api.ts'

async function post(api: Api, by: CallerName, region: string, changes: Record<string, unknown> = {}): Promise<string> {
  const posted = await api.as(by).post('/v1/reports', aReportIn(region, changes))
  if (posted.statusCode !== 201) throw new Error(posted.payload)
  return posted.json().id
}

/** As posted, and confirmed by an official of the office above. */
async function verified(api: Api, by: CallerName, region: string, changes: Record<string, unknown> = {}) {
  const id = await post(api, by, region, changes)
  const answer = await api.as(by === 'nation' ? 'analyst' : 'nation').change(`/v1/reports/${id}/verify`, undefined, '*')
  if (answer.statusCode !== 200) throw new Error(answer.payload)
  return id
}

const link = (api: Api, by: CallerName, id: string, type: string, target: string, more: Record<string, unknown> = {}) =>
  api.as(by).change(`/v1/reports/${id}/links`, { type, target, ...more }, '*')
const unlink = (api: Api, by: CallerName, id: string, linkId: string, ifMatch = '*') =>
  api.as(by).delete(`/v1/reports/${id}/links/${linkId}`, { headers: { 'if-match': ifMatch } })
const linksOf = async (api: Api, by: CallerName, id: string) => (await api.as(by).get(`/v1/reports/${id}/links`)).json()
const counted = async (api: Api, by: CallerName) =>
  (await api.as(by).get('/v1/reports?counted=true&limit=200'))
    .json()
    .items.map(({ id }: { id: string }) => id)
    .sort()
const revisions = async (api: Api, by: CallerName, id: string) =>
  (await api.as(by).get(`/v1/reports/${id}/revisions`)).json().items

t.test('a duplicate counts once, and again when the link is taken back', async (t) => {
  const api = await startApi(t)
  const original = await verified(api, 'sultra', '74.71')
  const duplicate = await post(api, 'kendari', '74.71')
  t.same(await counted(api, 'sultra'), [original, duplicate].sort())

  const reason = 'Baliho yang sama, dilaporkan dua kantor.'
  const linked = await link(api, 'kendari', duplicate, 'duplicate_of', original, { reason })
  t.equal(linked.statusCode, 201, linked.payload)
  t.match(linked.json(), { type: 'duplicate_of', report: duplicate, target: original, reason, office: '74.71' })
  t.equal(linked.headers.etag, `"${duplicate}.2"`)
  t.equal(linked.headers.location, `/v1/reports/${duplicate}/links/${linked.json().id}`)
  t.same(await counted(api, 'sultra'), [original])

  for (const [id, other] of [
    [duplicate, original],
    [original, duplicate],
  ] as const) {
    const page = await linksOf(api, 'kendari', id)
    t.match(page, { next: null, independentSources: 2 })
    t.match(page.items, [{ id: linked.json().id, reason, report: duplicate, target: original, other: { id: other } }])
  }
  const [, told] = await revisions(api, 'kendari', duplicate)
  t.match(told, { action: 'linked', changed: [], reason: null, changes: { before: {}, after: {} } })
  t.equal((await revisions(api, 'kendari', original)).length, 2, 'the original stays as it was')
  const { rows } = await api.admin.query(
    "SELECT action, resource_id, details FROM audit_entries WHERE action LIKE 'link.%' OR action = 'report.linked'",
  )
  t.match(
    rows.find(({ action }) => action === 'link.added'),
    { resource_id: linked.json().id, details: { reportId: duplicate, targetId: original } },
  )
  t.notMatch(JSON.stringify(rows.find(({ action }) => action === 'report.linked')), original)

  const stale = await unlink(api, 'kendari', duplicate, linked.json().id, `"${duplicate}.1"`)
  t.match(stale.json(), { status: 412, code: 'version_stale' })
  const back = await unlink(api, 'kendari', duplicate, linked.json().id, `"${duplicate}.2"`)
  t.equal(`${back.statusCode} ${back.headers.etag}`, `204 "${duplicate}.3"`)
  t.same(await counted(api, 'sultra'), [original, duplicate].sort())
  t.same(await linksOf(api, 'kendari', duplicate), { items: [], next: null, independentSources: 1 })
  t.match((await unlink(api, 'kendari', duplicate, linked.json().id)).json(), { status: 404, code: 'link_not_found' })
})

t.test('what links are refused, and why', async (t) => {
  const api = await startApi(t)
  const refused = async (by: CallerName, id: string, type: string, target: string, expected: string, words = '') => {
    const answer = await link(api, by, id, type, target)
    const { status, code, errors, detail } = answer.json()
    const fault = errors ? ` ${errors[0].pointer} ${errors[0].code}` : ''
    t.equal(`${status} ${code}${fault}`, expected, `${type} ${detail}`)
    t.ok(detail.includes(words), detail)
  }
  const [original, other] = [await verified(api, 'sultra', '74.71'), await verified(api, 'sultra', '74.71')]
  const [a, b, unverified] = [
    await post(api, 'kendari', '74.71'),
    await post(api, 'kendari', '74.71'),
    await post(api, 'kendari', '74.71'),
  ]
  const exercise = await verified(api, 'sultra', '74.71', { exercise: true })
  const ordinary = await post(api, 'kendari', '74.71', { handling: 'ordinary' })
  const provincial = await post(api, 'sultra', '74.71')
  const foreign = await post(api, 'bali', '51.71')
  const missing = '0190c8f0-0000-7000-8000-000000000000'

  await refused('bali', a, 'follows', b, '404 report_not_found')
  await refused('kendari', a, 'follows', foreign, '422 body_invalid /target report_unknown')
  await refused('kendari', a, 'follows', missing, '422 body_invalid /target report_unknown')
  await refused('kendariReader', a, 'follows', b, '403 scope_missing')
  await refused('kendari', provincial, 'follows', b, '409 not_in_charge')
  await refused('kendari', a, 'follows', a, '409 link_not_allowed', 'dirinya sendiri')
  await refused('kendari', a, 'duplicate_of', unverified, '409 link_not_allowed', 'diverifikasi')
  await refused('kendari', a, 'duplicate_of', exercise, '409 link_not_allowed', 'latihan')
  await refused('kendari', ordinary, 'duplicate_of', original, '409 link_not_allowed', 'sebaliknya')
  t.equal((await link(api, 'kendari', a, 'duplicate_of', original)).statusCode, 201)
  await refused('kendari', a, 'duplicate_of', original, '409 link_not_allowed', 'sudah ada')
  await refused('kendari', a, 'duplicate_of', other, '409 link_not_allowed', 'sudah memiliki')
  await api.as('nation').change(`/v1/reports/${a}/verify`, undefined, '*')
  await refused('kendari', b, 'duplicate_of', a, '409 link_not_allowed', 'sendiri adalah duplikat')
  await refused('sultra', original, 'duplicate_of', a, '409 link_not_allowed', 'sendiri adalah duplikat')

  t.equal((await link(api, 'kendari', a, 'part_of', b)).statusCode, 201)
  t.equal((await link(api, 'kendari', b, 'part_of', unverified)).statusCode, 201)
  await refused('kendari', b, 'part_of', a, '409 link_not_allowed', 'kembali')
  await refused('kendari', unverified, 'part_of', a, '409 link_not_allowed', 'kembali')
  t.equal((await link(api, 'kendari', unverified, 'follows', a)).statusCode, 201, 'another kind is another circle')
  t.match(
    (await api.as('kendari').send('POST', `/v1/reports/${a}/links`, `{"type":"follows","target":"${b}"}`)).json(),
    {
      status: 428,
    },
  )
  t.match(
    (await api.as('kendari').change(`/v1/reports/${a}/links`, { type: 'follows', target: b }, `"${a}.1"`)).json(),
    {
      status: 412,
    },
  )
  t.match((await api.as('kendari').delete(`/v1/reports/${a}/links/${missing}`)).json(), { status: 428 })
  const { rows } = await api.admin.query(
    "SELECT resource_id FROM audit_entries WHERE action = 'report.not_found' AND operation = 'linkReport'",
  )
  t.ok(
    rows.some(({ resource_id }) => resource_id === foreign),
    'whoever asks for ids by linking to them is told to the audit',
  )
})

t.test('who sees one end alone learns nothing of the other', async (t) => {
  const api = await startApi(t)
  const hidden = await verified(api, 'sultra', '74.01')
  const report = await post(api, 'kendari', '74.71')
  const before = await linksOf(api, 'kolaka', hidden)
  const linked = await link(api, 'sultra', report, 'duplicate_of', hidden, { reason: `Sama dengan laporan ${hidden}.` })
  t.equal(linked.statusCode, 201, linked.payload)
  t.match(await linksOf(api, 'sultra', report), { items: [{ target: hidden }], independentSources: 2 })

  t.same(await linksOf(api, 'kendari', report), { items: [], next: null, independentSources: 1 })
  t.same(await linksOf(api, 'kolaka', hidden), before)
  const told = JSON.stringify([
    await revisions(api, 'kendari', report),
    (await api.as('kendari').get('/v1/reports')).json(),
  ])
  t.notMatch(told, hidden)
  t.match((await unlink(api, 'kendari', report, linked.json().id)).json(), { status: 404, code: 'link_not_found' })
  t.match((await unlink(api, 'kolaka', hidden, linked.json().id)).json(), { status: 404, code: 'link_not_found' })
  t.equal((await revisions(api, 'kolaka', hidden)).length, 2)

  const visible = await verified(api, 'sultra', '74.71')
  const second = await link(api, 'kendari', report, 'duplicate_of', visible)
  t.equal(second.json().code, 'link_not_allowed', 'one original, whether the link is seen or not')
  t.notMatch(second.payload, hidden)
  t.match((await link(api, 'kolaka', hidden, 'follows', report)).json(), { errors: [{ code: 'report_unknown' }] })

  t.comment(
    'An original with duplicates out of sight may become a duplicate: refusing would tell of them, and the incident still counts once.',
  )
  const root = await verified(api, 'sultra', '74.01')
  t.equal((await link(api, 'kolaka', hidden, 'duplicate_of', root)).statusCode, 409, 'held by the province')
  t.equal((await link(api, 'sultra', hidden, 'duplicate_of', root)).statusCode, 201)
  t.same(await counted(api, 'sultra'), [visible, root].sort())
  t.equal((await linksOf(api, 'sultra', report)).independentSources, 2)
})

t.test('a link is hidden from whoever is not cleared for one of its ends any more', async (t) => {
  const api = await startApi(t)
  const original = await verified(api, 'sultra', '74.71')
  const duplicate = await post(api, 'kendari', '74.71')
  await link(api, 'kendari', duplicate, 'duplicate_of', original)
  await api.as('nation').patch(`/v1/reports/${original}`, { handling: 'secret' }, '*')
  t.same(await linksOf(api, 'kendari', duplicate), { items: [], next: null, independentSources: 1 })
  t.match(await linksOf(api, 'kendariSecret', duplicate), { items: [{ target: original }], independentSources: 2 })
  const { rows } = await api.admin.query(
    "SELECT resource_id FROM audit_entries WHERE action = 'report.read' AND operation = 'listLinks'",
  )
  t.same(rows, [{ resource_id: original }], 'that a secret report was shown beside another is told')

  const late = await post(api, 'kendariSecret', '74.71', { handling: 'secret' })
  const reason = 'Ditulis selagi keduanya rahasia.'
  t.equal((await link(api, 'kendariSecret', late, 'duplicate_of', original, { reason })).statusCode, 201)
  for (const id of [original, late])
    await api
      .as(id === late ? 'kendariSecret' : 'sultraTopSecret')
      .patch(`/v1/reports/${id}`, { handling: 'restricted', reason: 'Tidak lagi rahasia.' }, '*')
  t.match((await linksOf(api, 'kendari', late)).items, [{ target: original, reason: null }])
  t.match((await linksOf(api, 'kendariSecret', late)).items, [{ target: original, reason }])
})

t.test('an original never leaves the counts, so that no incident vanishes with it', async (t) => {
  const api = await startApi(t)
  const original = await verified(api, 'kendari', '74.71')
  const duplicate = await post(api, 'kendari', '74.71')
  await link(api, 'kendari', duplicate, 'duplicate_of', original)
  const because = { reason: 'Diperiksa bersama Bawaslu.' }
  t.match((await api.as('kendari').change(`/v1/reports/${original}/withdraw`, because, '*')).json(), {
    code: 'transition_not_allowed',
  })
  t.match((await api.as('nation').change(`/v1/reports/${original}/reject`, because, '*')).json(), {
    code: 'transition_not_allowed',
  })
  t.equal(
    (await api.as('kendari').change(`/v1/reports/${original}/close`, { outcome: 'Selesai.' }, '*')).statusCode,
    200,
  )
  t.same(await counted(api, 'kendari'), [original])

  const exercise = await api.as('kendari').patch(`/v1/reports/${duplicate}`, { exercise: true }, '*')
  t.match(exercise.json(), { status: 422, errors: [{ pointer: '/exercise', code: 'as_its_original' }] })
  t.equal((await api.as('kendari').patch(`/v1/reports/${duplicate}`, { severity: 'high' }, '*')).statusCode, 200)
  t.equal((await api.as('nation').change(`/v1/reports/${duplicate}/reject`, because, '*')).statusCode, 200)
  t.equal((await linksOf(api, 'nation', original)).independentSources, 1)
})

t.test('one original each, and no circle, even where two links race', async (t) => {
  const api = await startApi(t)
  for (let round = 0; round < 8; round += 1) {
    const [a, b] = [await verified(api, 'kendari', '74.71'), await verified(api, 'kendari', '74.71')]
    const answers = await Promise.all([
      link(api, 'kendari', a, 'duplicate_of', b),
      link(api, 'kendari', b, 'duplicate_of', a),
    ])
    t.same(answers.map(({ statusCode }) => statusCode).sort(), [201, 409])
    const [c, d] = [await post(api, 'kendari', '74.71'), await post(api, 'kendari', '74.71')]
    const parts = await Promise.all([link(api, 'kendari', c, 'part_of', d), link(api, 'kendari', d, 'part_of', c)])
    t.same(parts.map(({ statusCode }) => statusCode).sort(), [201, 409])
    const [e, f] = [await verified(api, 'kendari', '74.71'), await verified(api, 'kendari', '74.71')]
    const two = await Promise.all([
      link(api, 'kendari', c, 'duplicate_of', e),
      link(api, 'kendari', c, 'duplicate_of', f),
    ])
    t.same(two.map(({ statusCode }) => statusCode).sort(), [201, 409])
  }
})

t.test('a link that is sent again is made once', async (t) => {
  const api = await startApi(t)
  const original = await verified(api, 'kendari', '74.71')
  const duplicate = await post(api, 'kendari', '74.71')
  const send = (type: string) =>
    api
      .as('kendari')
      .post(
        `/v1/reports/${duplicate}/links`,
        { type, target: original },
        { headers: { 'if-match': `"${duplicate}.1"`, 'idempotency-key': 'link-0123456789abcdef' } },
      )
  const answers = await Promise.all(Array.from({ length: 10 }, () => send('duplicate_of')))
  t.same([...new Set(answers.map(({ statusCode }) => statusCode))], [201])
  t.equal(new Set(answers.map((answer) => answer.json().id)).size, 1)
  t.equal(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length, 9)
  t.match((await send('follows')).json(), { status: 409, code: 'idempotency_conflict' })
  t.equal((await revisions(api, 'kendari', duplicate)).length, 2)
})

t.test('the links of a report are walked in pages', async (t) => {
  const api = await startApi(t)
  const whole = await post(api, 'kendari', '74.71')
  for (let number = 0; number < 5; number += 1)
    await link(api, 'kendari', await post(api, 'kendari', '74.71'), 'part_of', whole)
  const seen: string[] = []
  let url: string | null = `/v1/reports/${whole}/links?limit=2`
  while (url !== null) {
    const page: { items: { id: string }[]; next: string | null } = (await api.as('kendariSecret').get(url)).json()
    seen.push(...page.items.map(({ id }) => id))
    url = page.next && `/v1/reports/${whole}/links?limit=2&cursor=${page.next}`
  }
  t.equal(new Set(seen).size, 5)
  t.match((await api.as('kendari').get(`/v1/reports/${whole}/links?cursor=AAAA`)).json(), { code: 'cursor_invalid' })
})

t.test('the database holds what counts by itself', async (t) => {
  const api = await startApi(t)
  const original = await verified(api, 'kendari', '74.71')
  const [duplicate, unverified] = [await post(api, 'kendari', '74.71'), await post(api, 'kendari', '74.71')]
  const insert = (target: string) =>
    api.admin.query(
      `INSERT INTO report_links (id, type, report_id, region_code, handling, target_id, target_region_code, target_handling, reason_handling,
        linked_at, office_code, client_id, actor)
      VALUES (gen_random_uuid(), 'duplicate_of', $1, '74.71', 1, $2, '74.71', 1, 1, now(), '74.71', 'kendari', 'kendari')`,
      [duplicate, target],
    )
  await t.rejects(insert(unverified), /is no original/)
  await t.rejects(insert(original), /disagree/, 'a link without its mark')
  await link(api, 'kendari', duplicate, 'duplicate_of', original)
  await t.rejects(insert(original), { code: '23505' })
  await t.rejects(api.admin.query('DELETE FROM report_links'), /disagree/, 'a mark without its link')
})

t.test('a link that is hidden while it is taken back stays, and so does the mark', async (t) => {
  const api = await startApi(t)
  const original = await verified(api, 'sultra', '74.71')
  const duplicate = await post(api, 'kendari', '74.71')
  const { id } = (await link(api, 'kendari', duplicate, 'duplicate_of', original)).json()
  const raising = await holdRaise(api, original)
  const unlinking = unlink(api, 'kendari', duplicate, id)
  await raising.untilWaiting(1)
  await raising.commit()
  t.match((await unlinking).json(), { status: 404, code: 'link_not_found' })
  t.same(await counted(api, 'nation'), [original], 'the incident counts once')
  t.match(await linksOf(api, 'nation', duplicate), { items: [{ id }] })
  t.equal((await revisions(api, 'kendari', duplicate)).length, 2, 'and no version tells otherwise')
})
