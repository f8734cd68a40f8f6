import t from 'tap'
import { aReport } from '../support/a-report.ts'
import { callers } from '../support/callers.ts'
import { type Api, startApi } from '../support/start-api.ts'
import { any, asAgency, because, change, plain, refusal, registerAgencies, release, verified } from './releases.ts'

const missing = '0190c8f0-0000-7000-8000-000000000000'

async function start(t: Parameters<typeof startApi>[0]): Promise<Api> {
  const api = await startApi(t)
  await registerAgencies(api)
  return api
}

t.test('a verified report is released by an official in charge, and by nobody else', async (t) => {
  const api = await start(t)
  const submitted = (await api.as('kendari').post('/v1/reports', aReport())).json().id
  const id = await verified(api)
  const post = (who: Parameters<typeof change>[1], report = id, body: unknown = plain) =>
    change(api, who, `/v1/reports/${report}/releases`, body)
  t.equal(refusal(await post(['kendari'], submitted)), '409 transition_not_allowed')
  t.equal(refusal(await post(['bali'])), '404 report_not_found')
  t.equal(refusal(await post(['kendariReader'])), '403 scope_missing')
  t.equal(refusal(await post(['kendari', 'kendari'])), '403 person_required')
  t.equal(refusal(await post(['kendari'], missing)), '404 report_not_found')
  t.equal(
    refusal(await post(['kendari'], id, { ...plain, handling: 'secret' })),
    '422 body_invalid /handling handling_above_clearance',
  )
  const faults: [Record<string, unknown>, string][] = [
    [{ agencies: ['bssn', 'nobody'] }, '/agencies/1 agency_unknown'],
    [{ agencies: ['bssn', 'bssn'] }, '/agencies/1 repeated_item'],
    [{ agencies: [] }, '/agencies too_few'],
    [{ agencies: 'some' }, '/agencies not_allowed'],
    [{ fields: [] }, '/fields too_few'],
    [{ fields: ['subject', 'subject'] }, '/fields/1 repeated_item'],
    [{ fields: ['actors'] }, '/fields/0 not_allowed'],
    [{ fields: ['region'] }, '/regionLevel required'],
    [{ fields: ['position'] }, '/positionDecimals required'],
    [{ fields: ['attachments'] }, '/attachments required'],
    [{ regionLevel: 'province' }, '/regionLevel unknown_member'],
    [{ fields: ['position'], positionDecimals: 5 }, '/positionDecimals too_large'],
    [{ fields: ['attachments'], attachments: [missing] }, '/attachments/0 attachment_unknown'],
  ]
  for (const [given, fault] of faults) {
    const answer = refusal(await post(['kendari'], id, { ...plain, ...given }))
    t.ok(answer.startsWith('422 body_invalid'), `${JSON.stringify(given)}: ${answer}`)
    t.ok(answer.includes(fault), `${fault}: ${answer}`)
  }
  await api.as('kendari').change(`/v1/reports/${id}/escalate`, undefined, '*')
  t.equal(refusal(await post(['kendari'])), '409 not_in_charge', 'the province holds it now')
  t.equal((await post(['sultra'])).statusCode, 201)
  await api.as('sultra').change(`/v1/reports/${id}/close`, { outcome: 'Pelaku diamankan.' }, '*')
  t.equal((await post(['sultra'])).statusCode, 201, 'a closed report too, and a second release of it')
  t.equal((await api.admin.query('SELECT FROM releases')).rowCount, 2)
})

t.test('a release is sent once under its key', async (t) => {
  const api = await start(t)
  const id = await verified(api)
  const key = { 'idempotency-key': 'release-0000000000000001' }
  const post = (body: object) => change(api, ['kendari'], `/v1/reports/${id}/releases`, { ...plain, ...body }, key)
  const made = await post({ agencies: ['polri', 'bssn'] })
  t.equal(made.headers.location, `/v1/releases/${made.json().id}`)
  t.equal(made.headers.etag, made.json().etag)
  const again = await post({ agencies: ['bssn', 'polri'] })
  t.equal(again.headers['idempotent-replayed'], 'true')
  t.same(again.json(), made.json(), 'said in another order it is the same')
  t.equal(refusal(await post({ agencies: ['bssn'] })), '409 idempotency_conflict')
  t.equal((await api.admin.query('SELECT FROM release_versions')).rowCount, 1)
})

t.test('from secret on a second official decides, and until then no agency knows', async (t) => {
  const api = await start(t)
  const [bssn, polri] = [asAgency(api, 'bssn'), asAgency(api, 'polri')]
  const secret = await verified(api, { handling: 'secret' })
  for (const [report, handling] of [
    [secret, 'ordinary'],
    [await verified(api), 'secret'],
  ] as const) {
    const made = await release(api, report, { handling })
    t.match(made, { status: 'proposed', needsSecondPerson: true, approved: null, publishedAt: null })
    const step = (who: Parameters<typeof change>[1], verb: string, body?: unknown, headers = any) =>
      change(api, who, `/v1/releases/${made.id}/${verb}`, body, headers)
    t.equal(await bssn.read(made.id), '404 release_not_found')
    t.same(await bssn.events(), handling === 'ordinary' ? [] : ['release.published v1 ordinary'])
    t.equal(refusal(await step(['kendariSecret'], 'approve')), '409 proposer_may_not_approve')
    t.equal(
      refusal(await step(['sultraTopSecret', 'official-of-kendari-secret'], 'approve')),
      '409 proposer_may_not_approve',
    )
    t.equal(refusal(await step(['kendariSecret', 'kendari-secret'], 'approve')), '403 person_required')
    t.equal(refusal(await step(['kendari'], 'approve')), '404 release_not_found', 'not cleared for it')
    t.equal(refusal(await step(['bali'], 'approve')), '404 release_not_found')
    t.equal(
      refusal(await step(['kendariSecret', 'b'], 'approve', undefined, {} as typeof any)),
      '428 precondition_required',
    )
    t.equal(
      refusal(await step(['kendariSecret', 'b'], 'approve', undefined, { 'if-match': `"${made.id}.2"` })),
      '412 version_stale',
    )
    t.equal(refusal(await step(['kendariSecret'], 'retract', because)), '409 transition_not_allowed')
    t.equal(
      refusal(await step(['kendariSecret'], 'versions', plain)),
      '409 transition_not_allowed',
      'one waits already',
    )
    const approved = await step(['kendariSecret', 'b'], 'approve', undefined, { 'if-match': made.etag })
    t.match(approved.json(), {
      status: 'published',
      proposed: { by: 'official-of-kendari-secret', office: '74.71' },
      approved: { by: 'b', office: '74.71' },
    })
    t.equal(refusal(await step(['kendariSecret', 'c'], 'approve')), '409 transition_not_allowed')
    t.equal(await bssn.read(made.id), '200 v1')
    t.equal(await polri.read(made.id), handling === 'ordinary' ? '200 v1' : '404 release_not_found')
  }
  const turned = await release(api, secret)
  const refuse = (who: Parameters<typeof change>[1]) =>
    change(api, who, `/v1/releases/${turned.id}/refuse`, because, any)
  t.match((await refuse(['kendariSecret'])).json(), { status: 'refused', ended: because, publishedAt: null })
  t.equal(refusal(await refuse(['kendariSecret', 'b'])), '409 transition_not_allowed')
  t.equal(await bssn.read(turned.id), '404 release_not_found')
  t.equal((await bssn.events()).length, 2)
})

t.test('what was proposed of a report that no longer stands is not approved', async (t) => {
  const api = await start(t)
  const id = await verified(api, { handling: 'secret' })
  const made = await release(api, id)
  await api.admin.query(`ALTER TABLE reports DISABLE TRIGGER USER`)
  await api.admin.query(`UPDATE reports SET status = 'rejected', due_at = NULL WHERE id = $1`, [id])
  const approve = await change(api, ['kendariSecret', 'b'], `/v1/releases/${made.id}/approve`, undefined, any)
  t.equal(refusal(approve), '409 transition_not_allowed')
})

t.test('a version replaces the one before, and those whom it no longer reaches find it gone', async (t) => {
  const api = await start(t)
  const [bssn, ordinary, polri] = [asAgency(api, 'bssn'), asAgency(api, 'bssnOrdinary'), asAgency(api, 'polri')]
  const id = await verified(api)
  const made = await release(api, id, { handling: 'ordinary' })
  const revise = (body: object, headers: Record<string, string> = any) =>
    change(api, ['kendariSecret'], `/v1/releases/${made.id}/versions`, { ...plain, ...body }, headers)
  const reads = async () => [await bssn.read(made.id), await ordinary.read(made.id), await polri.read(made.id)]
  t.same(await reads(), ['200 v1', '200 v1', '200 v1'])
  await revise({ handling: 'restricted' }, { 'if-match': made.etag })
  t.same(await reads(), ['200 v2', '410 release_retracted', '200 v2'], 'the handling was raised')
  t.equal(refusal(await revise({}, { 'if-match': made.etag })), '412 version_stale')
  await revise({ agencies: ['bssn'] })
  t.same(await reads(), ['200 v3', '410 release_retracted', '410 release_retracted'], 'the audience was narrowed')
  await revise({ agencies: ['polri'], handling: 'ordinary' })
  t.same(await reads(), ['410 release_retracted', '410 release_retracted', '200 v4'])
  const waiting = (await revise({ handling: 'secret' })).json()
  t.equal(waiting.status, 'proposed')
  t.same(await reads(), ['410 release_retracted', '410 release_retracted', '200 v4'], 'the old one stays in force')
  await change(api, ['kendariSecret', 'b'], `/v1/releases/${made.id}/approve`, undefined, any)
  t.same(await reads(), ['200 v5', '410 release_retracted', '410 release_retracted'])
  const retract = () => change(api, ['kendariSecret'], `/v1/releases/${made.id}/retract`, because, any)
  t.match((await retract()).json(), { version: 5, status: 'retracted', ended: because })
  t.same(await reads(), ['410 release_retracted', '410 release_retracted', '410 release_retracted'])
  t.equal(refusal(await retract()), '409 transition_not_allowed')
  t.equal(refusal(await revise({})), '409 transition_not_allowed', 'it does not come back')
  t.same(
    (await api.as('kendariSecret').get(`/v1/reports/${id}/releases`))
      .json()
      .items.map(({ status }: { status: string }) => status),
    ['superseded', 'superseded', 'superseded', 'superseded', 'retracted'],
  )
  t.same(await bssn.events(), [
    'release.published v1 ordinary',
    'release.changed v2 restricted',
    'release.changed v3 restricted',
    'release.retracted v4 restricted',
    'release.changed v5 secret',
    'release.retracted v5 secret',
  ])
  t.same(await ordinary.events(), ['release.published v1 ordinary', 'release.retracted v2 ordinary'])
  t.same(await polri.events(), [
    'release.published v1 ordinary',
    'release.changed v2 restricted',
    'release.retracted v3 restricted',
    'release.changed v4 ordinary',
    'release.retracted v5 ordinary',
  ])
  const { rows } = await api.admin.query('SELECT content, retracted_at IS NOT NULL AS gone, stages FROM releases')
  t.same(rows, [{ content: null, gone: true, stages: [] }], 'a tombstone says nothing')
})

t.test('taking back a release turns down what was to follow it', async (t) => {
  const api = await start(t)
  const made = await release(api, await verified(api))
  const next = await change(
    api,
    ['kendariSecret'],
    `/v1/releases/${made.id}/versions`,
    { ...plain, handling: 'secret' },
    any,
  )
  t.equal(next.json().status, 'proposed')
  const taken = await change(api, ['sultraTopSecret'], `/v1/releases/${made.id}/retract`, because, {
    'if-match': next.json().etag,
  })
  t.match(taken.json(), { version: 1, status: 'retracted' })
  const { items } = (await api.as('kendariSecret').get(`/v1/reports/${made.report}/releases`)).json()
  t.same(
    items.map(({ status }: { status: string }) => status),
    ['retracted', 'refused'],
  )
  const approve = await change(api, ['kendariSecret', 'b'], `/v1/releases/${made.id}/approve`, undefined, any)
  t.equal(refusal(approve), '409 transition_not_allowed')
})

t.test('whoever lowers a report, or a release, does not release it alone afterwards', async (t) => {
  const api = await start(t)
  const lowered = await verified(api, { handling: 'secret' })
  const lower = await api.as('kendariSecret').patch(`/v1/reports/${lowered}`, { handling: 'ordinary', ...because }, '*')
  t.equal(lower.statusCode, 200)
  const alone = await change(api, ['kendari', 'a'], `/v1/reports/${lowered}/releases`, {
    ...plain,
    handling: 'ordinary',
  })
  t.match(alone.json(), { status: 'proposed', needsSecondPerson: true })
  t.equal(await asAgency(api, 'bssn').read(alone.json().id), '404 release_not_found')
  const approve = await change(api, ['kendari', 'b'], `/v1/releases/${alone.json().id}/approve`, undefined, any)
  t.equal(approve.statusCode, 200, 'whoever is cleared for what it is now may be the second')

  const open = await verified(api)
  const secret = await release(api, open, { handling: 'secret', agencies: ['bssn'] })
  await change(api, ['kendariSecret', 'b'], `/v1/releases/${secret.id}/approve`, undefined, any)
  const wider = await change(api, ['kendariSecret'], `/v1/releases/${secret.id}/versions`, plain, any)
  t.match(wider.json(), { version: 2, status: 'proposed', needsSecondPerson: true })
  t.equal((await release(api, open)).status, 'published', 'another of the same report was never secret')
})

t.test('a second official agrees to what they have seen: not once the report or the copy is another', async (t) => {
  const api = await start(t)
  const id = await verified(api, { handling: 'secret' })
  const made = await release(api, id, { fields: ['subject', 'facts'] })
  const approve = (etag: string) =>
    change(api, ['kendariSecret', 'b'], `/v1/releases/${made.id}/approve`, undefined, { 'if-match': etag })
  const listed = async () => (await api.as('kendariSecret').get(`/v1/reports/${id}/releases`)).json().items[0]
  await api.as('kendariSecret').patch(`/v1/reports/${id}`, { subject: 'Perihal yang dibetulkan', ...because }, '*')
  t.equal(refusal(await approve(made.etag)), '412 version_stale', 'it was corrected meanwhile')
  const outdated = await listed()
  t.match(outdated, { outdated: true, content: made.content })
  await api
    .as('kendariSecret')
    .patch(`/v1/reports/${id}`, { facts: 'Saksi minta dilindungi, jangan disebut.', ...because }, '*')
  t.equal(refusal(await approve(outdated.etag)), '412 version_stale', 'corrected once more, unseen')
  const again = await listed()
  await api.admin.query(`UPDATE release_versions SET content = content - 'facts' WHERE release_id = $1`, [made.id])
  t.equal(refusal(await approve(again.etag)), '412 version_stale', 'something was taken out of the copy')
  t.equal(refusal(await approve(`"${made.id}.1"`)), '412 version_stale')
  const seen = await approve((await listed()).etag)
  t.match(seen.json(), { status: 'published', outdated: true, content: { subject: made.content.subject } })
  t.equal(seen.headers.etag, `"${made.id}.1"`)
})

t.test('of two that decide at once one wins, and the other is told', async (t) => {
  const api = await start(t)
  const secret = await verified(api, { handling: 'secret' })
  const race = async (...requests: Promise<Awaited<ReturnType<typeof change>>>[]) =>
    (await Promise.all(requests)).map((answer) => (answer.statusCode < 300 ? 'done' : refusal(answer))).sort()
  for (let round = 0; round < 3; round += 1) {
    const made = await release(api, secret)
    const at = (who: string, verb: string, body?: unknown, etag = made.etag) =>
      change(api, ['kendariSecret', who], `/v1/releases/${made.id}/${verb}`, body, { 'if-match': etag })
    t.same(await race(at('b', 'approve'), at('c', 'approve')), ['409 transition_not_allowed', 'done'])
    t.same(await race(at('b', 'versions', plain), at('c', 'versions', plain)), ['412 version_stale', 'done'])
    const { items } = (await api.as('kendariSecret').get(`/v1/reports/${secret}/releases`)).json()
    const second = items.find(({ id, version }: Record<string, unknown>) => id === made.id && version === 2).etag
    const [one, other] = await Promise.all([at('d', 'approve', undefined, second), at('e', 'retract', because, second)])
    t.equal(other.statusCode, 200, other.payload)
    t.ok(one.statusCode === 200 || refusal(one) === '409 transition_not_allowed')
    t.equal(await asAgency(api, 'bssn').read(made.id), '410 release_retracted', 'whichever came first')
  }
})

t.test('the copy stays whatever becomes of its report, and says that it is outdated', async (t) => {
  const api = await start(t)
  const bssn = asAgency(api, 'bssn')
  const id = await verified(api)
  const made = await release(api, id)
  const before = await bssn.get(`/v1/releases/${made.id}`)
  const listed = async (by: 'kendari' | 'kendariSecret' = 'kendariSecret') =>
    (await api.as(by).get(`/v1/reports/${id}/releases`)).json()
  t.match((await listed()).items, [{ outdated: false, reportVersion: 2 }])
  await api.as('kendari').patch(`/v1/reports/${id}`, { subject: 'Perihal yang lain', ...because }, '*')
  await api.as('kendariSecret').patch(`/v1/reports/${id}`, { handling: 'secret' }, '*')
  t.same((await bssn.get(`/v1/releases/${made.id}`)).json(), before.json())
  t.match((await listed()).items, [
    { outdated: true, reportVersion: 2, content: { subject: before.json().content.subject } },
  ])
  t.equal((await listed('kendari')).code, 'report_not_found', 'offices see it with the report alone')
  t.match(
    (await change(api, ['kendariSecret'], `/v1/releases/${made.id}/versions`, plain, any)).json(),
    { status: 'proposed', reportVersion: 4 },
    'and the next version of a secret report needs two',
  )
  await api.as('kendariSecret').patch(`/v1/reports/${id}`, { handling: 'restricted', ...because }, '*')
  t.same((await listed('kendari')).items, [], 'what was copied while it was secret is for those cleared for that')
  t.equal((await listed()).items.length, 2)
  const authorization = `Bearer ${await api.tokenOf(callers.kendari)}`
  const approve = {
    method: 'POST',
    url: `/v1/releases/${made.id}/approve`,
    headers: { authorization, ...any },
  } as const
  t.equal(refusal(await api.call(approve)), '404 release_not_found')
  const page = (await api.as('kendariSecret').get(`/v1/reports/${id}/releases?limit=1`)).json()
  const rest = (await api.as('kendariSecret').get(`/v1/reports/${id}/releases?limit=1&cursor=${page.next}`)).json()
  t.same([page.items[0].version, rest.items[0].version, rest.next], [1, 2, null])
})
