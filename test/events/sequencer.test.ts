import { randomUUID } from 'node:crypto'
import pg from 'pg'
import t from 'tap'
import { canonicalText, chainHash } from '../../src/audit/chain.ts'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { readProgress, sequenceAll, sequenceBatch } from '../../src/events/sequencer.ts'
import { aReport } from '../support/a-report.ts'
import { createDatabase } from '../support/database.ts'
import { startApi, testNow } from '../support/start-api.ts'

type Assertions = Pick<typeof t, 'same' | 'equal'>
type Test = { teardown(end: () => Promise<void>): unknown }

function openDoor(t: Test, workerUrl: string, size = 1) {
  const door = openWorkDoor(workerUrl, { size, report: () => {} })
  t.teardown(() => door.close())
  return door.db
}

async function append(client: pg.Pool | pg.PoolClient, at: Date, id: string = randomUUID()): Promise<string> {
  await client.query(
    `INSERT INTO events (id, type, subject_id, subject_version, office_code, handling, client_id, actor, occurred_at)
    VALUES ($1, 'report.submitted', $1, 1, '74.71', 1, 'kendari', 'official', $2)`,
    [id, at],
  )
  await client.query(
    `INSERT INTO audit_entries (id, occurred_at, action, operation, client_id, actor, request_id, resource_type, resource_id, handling)
    VALUES ($1, $2, 'report.submitted', 'submitReport', 'kendari', 'official', 'r', 'report', $3, 1)`,
    [id, at, id],
  )
  return id
}

async function numbersOf(admin: pg.Pool, table: 'events' | 'audit_entries') {
  const { rows } = await admin.query(`SELECT id, sequence::int FROM ${table} ORDER BY sequence`)
  return rows as { id: string; sequence: number | null }[]
}

async function assertWhole(t: Assertions, admin: pg.Pool, committed: readonly string[]) {
  for (const table of ['events', 'audit_entries'] as const) {
    const rows = await numbersOf(admin, table)
    t.same(rows.map(({ id }) => id).sort(), [...committed].sort(), `${table}: what was committed, and nothing else`)
    t.same(
      rows.map(({ sequence }) => sequence),
      committed.map((_, index) => index + 1),
      `${table}: numbered without a gap, none twice`,
    )
    const { rows: heads } = await admin.query('SELECT last_sequence::int AS last FROM sequences WHERE stream = $1', [
      table,
    ])
    t.equal(heads[0].last, committed.length)
  }
}

t.test('a report posted has its event numbered and its audit chained afterwards', async (t) => {
  const { as, admin, chain } = await startApi(t)
  for (let index = 0; index < 3; index += 1)
    t.equal((await as('kendari').post('/v1/reports', aReport())).statusCode, 201)
  const before = await admin.query('SELECT sequence FROM events UNION ALL SELECT sequence FROM audit_entries')
  t.same(new Set(before.rows.map(({ sequence }) => sequence)), new Set([null]), 'unnumbered in their transaction')
  await chain()
  t.same(
    (await numbersOf(admin, 'events')).map(({ sequence }) => sequence),
    [1, 2, 3],
  )
  t.same(
    (await numbersOf(admin, 'audit_entries')).map(({ sequence }) => sequence),
    [1, 2, 3],
  )
})

t.test('events are numbered as they were written, the audit by its moments and then by id', async (t) => {
  const { admin, workerUrl } = await createDatabase(t)
  const at = (ms: number) => new Date(testNow.getTime() + ms)
  const ids = ['b', 'a', 'c'].map((letter) => letter.repeat(8) + randomUUID().slice(8))
  const late = await append(admin, at(2))
  for (const id of ids) await append(admin, at(1), id)
  // Written by a version that kept no such order: before all others, by their moments.
  const old = [await append(admin, at(9)), await append(admin, at(8))]
  await admin.query('UPDATE events SET written = NULL WHERE id = ANY ($1)', [old])
  await sequenceAll(openDoor(t, workerUrl))
  const idsOf = async (table: 'events' | 'audit_entries') => (await numbersOf(admin, table)).map(({ id }) => id)
  t.same(await idsOf('events'), [...old.toReversed(), late, ...ids])
  t.same(await idsOf('audit_entries'), [...ids.sort(), late, ...old.toReversed()])
})

t.test('what happened to a subject is told in order, however far the clocks of processes are apart', async (t) => {
  const { as, admin, chain, time } = await startApi(t)
  const { id } = (await as('kendari').post('/v1/reports', aReport())).json()
  for (const [index, subject] of ['Perusakan baliho', 'Perusakan dua baliho'].entries()) {
    time.now = new Date(testNow.getTime() - (index + 1) * 1500)
    const { headers } = await as('kendari').get(`/v1/reports/${id}`)
    const corrected = await as('kendari').patch(`/v1/reports/${id}`, { subject }, String(headers.etag))
    t.equal(corrected.statusCode, 200, corrected.payload)
  }
  await chain()
  const { rows } = await admin.query('SELECT subject_version FROM events WHERE subject_id = $1 ORDER BY sequence', [id])
  t.same(
    rows.map(({ subject_version: version }) => version),
    [1, 2, 3],
  )
})

t.test('nobody who appends an event says what its place is', async (t) => {
  const { serviceUrl } = await createDatabase(t)
  const client = new pg.Client({ connectionString: serviceUrl })
  await client.connect()
  t.teardown(() => client.end())
  for (const column of ['written', 'sequence']) {
    await client.query('BEGIN')
    await client.query(`SET LOCAL ROLE waspada_national`)
    const appended = client.query(
      `INSERT INTO events (id, type, subject_id, subject_version, office_code, handling, client_id, actor, occurred_at, ${column})
      VALUES (gen_random_uuid(), 'report.submitted', gen_random_uuid(), 1, '00', 0, 'pusat', 'official', now(), 1)`,
    )
    await t.rejects(appended, { code: '42501' }, column)
    await client.query('ROLLBACK')
  }
})

t.test(
  'transactions that commit out of order, late or never, under two sequencers whose connections are killed',
  async (t) => {
    const { admin, workerUrl } = await createDatabase(t)
    const doors = [openDoor(t, workerUrl, 2), openDoor(t, workerUrl, 2)]
    const committed: string[] = []
    const writing = { on: true, broken: 0 }
    let clock = testNow.getTime()

    /** Holds several transactions open and ends them in another order than they began in, every fourth by a rollback. */
    const write = async (seed: number) => {
      const open: { client: pg.PoolClient; id: string }[] = []
      const connections = await Promise.all([0, 1, 2, 3].map(() => writers.connect()))
      for (let round = 0; round < 25; round += 1) {
        for (const client of connections) {
          await client.query('BEGIN')
          clock += 1
          open.push({ client, id: await append(client, new Date(clock - ((seed + round) % 5) * 7)) })
        }
        while (open.length > 0) {
          const [{ client, id }] = open.splice((round * 7 + seed + open.length) % open.length, 1) as [(typeof open)[0]]
          const kept = (round + open.length + seed) % 4 !== 0
          await client.query(kept ? 'COMMIT' : 'ROLLBACK')
          if (kept) committed.push(id)
        }
      }
      for (const client of connections) client.release()
    }
    const sequence = async (db: (typeof doors)[0]) => {
      while (writing.on) await sequenceBatch(db).catch(() => (writing.broken += 1))
    }
    const kill = async () => {
      for (let kills = 0; writing.on; kills += 1) {
        await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'waspada worker'
          AND state <> 'idle' AND $1::int % 3 = 0`,
          [kills],
        )
      }
    }
    /** As any feed will: what comes after the last number that it has seen. */
    const read: { id: string; sequence: number }[] = []
    const follow = async () => {
      const { rows } = await admin.query('SELECT id, sequence::int FROM events WHERE sequence > $1 ORDER BY sequence', [
        read.at(-1)?.sequence ?? 0,
      ])
      read.push(...rows)
    }
    const reader = async () => {
      while (writing.on) await follow()
    }

    const writers = new pg.Pool({ connectionString: admin.options.connectionString, max: 13 })
    t.teardown(() => writers.end())
    const longest = await writers.connect()
    await longest.query('BEGIN')
    const first = await append(longest, testNow)
    const background = [...doors.map(sequence), kill(), reader()]
    await Promise.all([write(0), write(1), write(2)])
    await longest.query('COMMIT')
    longest.release()
    committed.push(first)
    writing.on = false
    await Promise.all(background)
    for (const db of doors) await sequenceAll(db).catch(() => sequenceAll(db))
    await follow()

    t.ok(writing.broken > 0, `${writing.broken} batches were broken off`)
    await assertWhole(t, admin, committed)
    t.same(
      read,
      await numbersOf(admin, 'events'),
      'a reader who goes by the number has seen every event once and in order, while all this went on',
    )
    const { rows: chained } = await admin.query('SELECT hash, previous_hash FROM audit_entries ORDER BY sequence')
    const links = [Buffer.alloc(32), ...chained.map(({ hash }) => hash)]
    t.ok(
      chained.every(({ previous_hash }, index) => previous_hash.equals(links[index])),
      'each row of the audit holds the hash of the one before',
    )
  },
)

t.test('a backlog of many batches is worked off', async (t) => {
  const { admin, workerUrl } = await createDatabase(t)
  await admin.query(`INSERT INTO events (id, type, subject_id, subject_version, office_code, handling, client_id, actor, occurred_at)
    SELECT gen_random_uuid(), 'report.submitted', gen_random_uuid(), 1, '74.71', 1, 'a', 'a', now() FROM generate_series(1, 1234)`)
  const db = openDoor(t, workerUrl)
  t.same(await sequenceBatch(db), { rows: 500, more: true })
  t.match(await readProgress(db), { events: 500, waiting: { events: 734, audit: 0 } })
  await sequenceAll(db, 1)
  t.match(await readProgress(db), { events: 1000, waiting: { events: 234 } })
  await sequenceAll(db)
  t.match(await readProgress(db), { events: 1234, audit: { sequence: 0 }, waiting: { events: 0 } })
})

t.test('what is hashed is written down, and neither the server nor its settings have a part in it', async (t) => {
  const { admin, workerUrl } = await createDatabase(t)
  const id = '0193639c-8f4e-4c1b-9d2a-6f1e0c5b7a10'
  await admin.query(
    `INSERT INTO audit_entries (id, occurred_at, action, operation, client_id, actor, office_code, agency, request_id, resource_type,
      resource_id, resource_version, handling, break_glass_id, details)
    VALUES ($1, '1899-12-31T23:59:59.999Z', 'report.not_found', 'findReport', 'kendari', 'Ni Made "é" 𝕏', '74.71', NULL, 'r-1', 'report', E'a\\tb', 3, 2,
      NULL, '{"b": 1.50, "a": [ ]}')`,
    [id],
  )
  const expected =
    '["waspada-audit-1",1,"0193639c-8f4e-4c1b-9d2a-6f1e0c5b7a10","1899-12-31T23:59:59.999Z","report.not_found","findReport","kendari",' +
    '"Ni Made \\"é\\" 𝕏","74.71",null,"r-1","report","a\\tb",3,2,null,"{\\"b\\": 1.50, \\"a\\": [ ]}"]'
  const row = {
    id,
    occurredAt: String(Date.parse('1899-12-31T23:59:59.999Z')),
    action: 'report.not_found',
    operation: 'findReport',
    clientId: 'kendari',
    actor: 'Ni Made "é" 𝕏',
    office: '74.71',
    agency: null,
    requestId: 'r-1',
    resourceType: 'report',
    resourceId: 'a\tb',
    resourceVersion: 3,
    handling: 2,
    breakGlassId: null,
    details: '{"b": 1.50, "a": [ ]}',
  }
  t.equal(canonicalText(1, row), expected)
  await admin.query(
    `ALTER DATABASE ${new URL(workerUrl).pathname.slice(1)} SET TimeZone = 'Asia/Jayapura'; ALTER DATABASE ${new URL(workerUrl).pathname.slice(1)} SET DateStyle = 'German'`,
  )
  await sequenceAll(openDoor(t, workerUrl))
  const { rows } = await admin.query('SELECT hash, previous_hash FROM audit_entries')
  t.same(rows[0].previous_hash, Buffer.alloc(32))
  t.same(rows[0].hash, chainHash(Buffer.alloc(32), 1, row))
})

t.test('nothing but the worker numbers, and nobody renumbers', async (t) => {
  const { admin, serviceUrl, workerUrl } = await createDatabase(t)
  await append(admin, testNow)
  const service = new pg.Client({ connectionString: serviceUrl })
  await service.connect()
  t.teardown(() => service.end())
  for (const role of ['waspada_national', 'waspada_administrator', 'waspada_auditor', 'waspada_service']) {
    await service.query(`SET ROLE ${role}`)
    for (const table of ['events', 'audit_entries', 'sequences'])
      await t.rejects(
        service.query(`UPDATE ${table} SET ${table === 'sequences' ? 'last_sequence' : 'sequence'} = 9`),
        {
          code: '42501',
        },
      )
  }
  await sequenceAll(openDoor(t, workerUrl))
  for (const table of ['events', 'audit_entries']) {
    await t.rejects(admin.query(`UPDATE ${table} SET sequence = 2`), { code: '23001' }, 'not even the owner')
    await t.rejects(admin.query(`DELETE FROM ${table}`), { code: '23001' })
    await t.rejects(admin.query(`TRUNCATE ${table}`), { code: '23001' })
  }
})
