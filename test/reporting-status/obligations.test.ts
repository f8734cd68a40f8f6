import { join } from 'node:path'
import t from 'tap'
import { Database } from '../../src/database/database.ts'
import { createPool } from '../../src/database/pool.ts'
import { ReferenceStore } from '../../src/reference/store.ts'
import { endObligation, type NewObligation, setObligation } from '../../src/reporting-status/change-obligations.ts'
import { runCommand } from '../support/run-command.ts'
import { type Api, startApi, testNow } from '../support/start-api.ts'

const by = {
  clientId: 'system:console' as const,
  subject: 'console:root',
  office: null,
  agency: null,
  breakGlassId: null,
  trace: { requestId: 'console', operation: 'obligations set' },
  now: testNow,
}
const morning = { daysAfter: 1, dueTime: '08:00' }

async function administration(t: { teardown(end: () => Promise<void>): unknown }, { serviceUrl }: Api) {
  const pool = createPool(serviceUrl, 2, () => {})
  t.teardown(() => pool.end())
  return new Database(pool, await ReferenceStore.open(pool))
}

async function dueAt(api: Api, office: 'kendari' | 'sultra', period: string): Promise<string | null> {
  const { items } = (await api.as(office).get(`/v1/reporting-status?period=${period}`)).json()
  const code = office === 'kendari' ? '74.71' : '74'
  return items.find((each: { office: string }) => each.office === code)?.dueAt ?? null
}

t.test('a deadline is changed for what has begun nowhere, for a level or for one office', async (t) => {
  const api = await startApi(t)
  const db = await administration(t, api)
  const daily = (given: Partial<NewObligation>): NewObligation => ({
    debtor: { level: 'regency' },
    kind: 'daily',
    deadline: morning,
    from: '2024-11-27',
    ...given,
  })
  // 00:30 on the 27th in Jayapura, while Kendari has the 26th.
  const night = { ...by, now: new Date('2024-11-26T15:30:00Z') }
  await t.rejects(setObligation(db, night, daily({})), { message: /not before 2024-11-28/ })
  await t.rejects(endObligation(db, by, { debtor: { level: 'regency' }, kind: 'daily', last: '2024-11-25' }), {
    message: /not begun/,
  })
  await t.rejects(endObligation(db, by, { debtor: { office: '74.71' }, kind: 'daily', last: '2024-12-25' }), {
    message: /no such obligation/,
  })

  await setObligation(db, by, daily({ deadline: { daysAfter: 0, dueTime: '22:00' } }))
  t.equal(await dueAt(api, 'kendari', '2024-11-26'), '2024-11-27T00:00:00.000Z', 'what has begun stays')
  t.equal(await dueAt(api, 'kendari', '2024-11-27'), '2024-11-27T14:00:00.000Z')
  t.equal(await dueAt(api, 'sultra', '2024-11-27'), '2024-11-28T00:00:00.000Z', 'another level')

  await setObligation(db, by, daily({ debtor: { office: '74.71' }, deadline: null, from: '2024-12-01' }))
  await endObligation(db, by, { debtor: { office: '74.71' }, kind: 'daily', last: '2024-12-07' })
  t.equal(await dueAt(api, 'kendari', '2024-11-30'), '2024-11-30T14:00:00.000Z')
  t.equal(await dueAt(api, 'kendari', '2024-12-01'), null, 'exempt')
  t.equal(await dueAt(api, 'kendari', '2024-12-07'), null)
  t.equal(await dueAt(api, 'kendari', '2024-12-08'), '2024-12-08T14:00:00.000Z', 'it owes again what its level owes')
  const kolaka = (await api.as('kolaka').get('/v1/reporting-status?period=2024-12-01')).json()
  t.equal(kolaka.total.owed, 1, 'the exemption is of one office')

  await setObligation(db, by, daily({ from: '2025-01-01' }))
  await setObligation(db, by, daily({ from: '2024-12-15', deadline: { daysAfter: 1, dueTime: '06:00' } }))
  t.equal(await dueAt(api, 'kendari', '2025-01-02'), '2025-01-02T22:00:00.000Z', 'what was planned for later gives way')
  await endObligation(db, by, { debtor: { level: 'regency' }, kind: 'daily', last: '2025-03-31' })
  t.equal(await dueAt(api, 'kendari', '2025-04-01'), null)
  await setObligation(db, by, { debtor: { level: 'national' }, kind: 'weekly', deadline: morning, from: '2024-12-02' })
  t.equal((await api.as('analyst').get('/v1/reporting-status?period=2024-W49&region=00')).json().total.owed, 553)

  const listed = (await api.as('kendari').get('/v1/reporting-obligations')).json().items
  t.equal(listed.filter(({ office }: { office: string | null }) => office === '74.71').length, 1)
  t.match(
    listed.find(({ level, kind }: Record<string, string>) => level === 'regency' && kind === 'daily'),
    {
      office: null,
      owed: true,
      daysAfter: 1,
      dueTime: '08:00',
      validFrom: '2024-01-01',
      validTo: '2024-11-26',
    },
  )
  const elsewhere = (await api.as('bali').get('/v1/reporting-obligations')).json().items
  t.equal(
    elsewhere.filter(({ office }: { office: string | null }) => office !== null).length,
    0,
    'an exemption is not for others',
  )
  t.equal((await api.as('bssn').get('/v1/reporting-obligations')).json().code, 'scope_missing')

  const { rows } = await api.admin.query(
    `SELECT resource_id AS id, actor, details->>'from' AS from FROM audit_entries WHERE action = 'reporting_obligation.changed' ORDER BY id, 3`,
  )
  t.equal(rows.length, 7)
  t.match(
    rows.find(({ id }) => id === 'daily/74.71'),
    { actor: 'console:root' },
  )
})

t.test('waspada obligations', async (t) => {
  const { adminUrl } = await startApi(t)
  const environment = { WASPADA_DATA_DIR: join(t.testdir(), 'data'), DATABASE_URL: adminUrl }
  const run = (...args: string[]) => runCommand(['obligations', ...args], environment)
  t.match((await run('list')).stdout, /^province {2}daily {2}due 08:00, 1 day after {2}from 2024-01-01$/m)
  const set = await run('set', '74.71', 'weekly', '--due', '09:30', '--days', '2', '--from', '2099-01-05')
  t.match(set, { code: 0, stdout: /^74\.71 {2}weekly {2}due 09:30, 2 days after {2}from 2099-01-05$/m })
  t.match(await run('set', '74.01', 'daily', '--exempt', '--from', '2099-01-05'), {
    code: 0,
    stdout: /^74\.01 {2}daily {2}exempt/m,
  })
  t.match(
    (await run('end', '74.01', 'daily', '--last', '2099-01-31')).stdout,
    /exempt {2}from 2099-01-05 to 2099-01-31$/m,
  )
  for (const [args, said] of [
    [['set', 'regency', 'daily', '--due', '25:00', '--from', '2099-01-05'], /It is a time/],
    [['set', 'regency', 'daily', '--due', '08:00', '--days', '40', '--from', '2099-01-05'], /from 0 to 31/],
    [['set', 'regency', 'daily', '--due', '08:00', '--from', '2099-02-30'], /It is a day/],
    [['set', 'regency', 'daily', '--from', '2099-01-05'], /either --due or --exempt/],
    [['set', 'regency', 'daily', '--exempt', '--from', '2099-01-05'], /end its obligation/],
    [['set', 'kota', 'daily', '--due', '08:00', '--from', '2099-01-05'], /Kemendagri code/],
  ] as const)
    t.match(await run(...args), { code: 2, stderr: said })
  t.match(await run('set', '99.99', 'daily', '--exempt', '--from', '2099-01-05'), {
    code: 1,
    stderr: /no office 99\.99/,
  })
  t.match(await run('set', 'regency', 'daily', '--due', '08:00', '--from', '2024-01-05'), {
    code: 1,
    stderr: /not before/,
  })
})
