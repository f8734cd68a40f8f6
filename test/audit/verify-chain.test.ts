import pg from 'pg'
import t from 'tap'
import { headText } from '../../src/audit/chain.ts'
import { verifyChain } from '../../src/audit/verify-chain.ts'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { sequenceAll } from '../../src/events/sequencer.ts'
import { createDatabase } from '../support/database.ts'
import { runWaspada } from '../support/run-waspada.ts'

type Test = { teardown(end: () => Promise<void>): unknown }

/** A chain of rows, and somebody who may do anything to it, triggers aside. */
async function aChain(t: Test, rows = 12) {
  const database = await createDatabase(t)
  const { db, close } = openWorkDoor(database.workerUrl, { size: 1, report: () => {} })
  t.teardown(close)
  const append = (count: number) =>
    database.admin.query(
      `INSERT INTO audit_entries (id, occurred_at, action, operation, client_id, actor, office_code, request_id, resource_type, resource_id, handling, details)
      SELECT gen_random_uuid(), now() + n * interval '1 ms', 'report.read', 'findReport', 'kendari', 'official', '74.71', 'r' || n, 'report', 'x' || n, 2, '{"a":1}'
      FROM generate_series(1, $1::int) n`,
      [count],
    )
  await append(rows)
  await sequenceAll(db)
  const forger = new pg.Client({ connectionString: database.adminUrl })
  await forger.connect()
  t.teardown(() => forger.end())
  await forger.query('SET session_replication_role = replica')
  return {
    ...database,
    db,
    append,
    forger,
    verify: (expected?: Parameters<typeof verifyChain>[1]) => verifyChain(db, expected),
  }
}

t.test('an empty chain is whole', async (t) => {
  const { verify } = await aChain(t, 0)
  t.match(await verify(), { rows: 0, head: { sequence: 0 }, tail: { count: 0, oldest: null }, fault: null })
})

t.test('a whole chain is counted, with its head and the tail that waits', async (t) => {
  const { verify, append, admin } = await aChain(t, 2_500)
  await append(3)
  const { rows } = await admin.query(`SELECT min(occurred_at) AS oldest FROM audit_entries WHERE sequence IS NULL`)
  const report = await verify()
  t.match(report, { rows: 2_500, head: { sequence: 2_500 }, tail: { count: 3 }, fault: null })
  t.same(report.tail.oldest, rows[0].oldest)
})

const columns: [string, string][] = [
  ['occurred_at', `occurred_at + interval '1 ms'`],
  ['action', `'report.submitted'`],
  ['operation', `'listReports'`],
  ['client_id', `'other'`],
  ['actor', `'other'`],
  ['office_code', `'74.01'`],
  ['agency', `'bssn'`],
  ['request_id', `'other'`],
  ['resource_type', `'client'`],
  ['resource_id', 'NULL'],
  ['resource_version', '1'],
  ['handling', '0'],
  ['break_glass_id', 'gen_random_uuid()'],
  ['details', `'{"a": 1}'`],
  ['id', 'gen_random_uuid()'],
]

const tampered: { name: string; sql: string; fault: { sequence: number; found: RegExp }; rows: number }[] = [
  ...columns.map(([column, value]) => ({
    name: `a changed ${column}`,
    sql: `UPDATE audit_entries SET ${column} = ${value} WHERE sequence = 7`,
    fault: { sequence: 7, found: /a field was changed/ },
    rows: 6,
  })),
  {
    name: 'a changed field with a hash that fits it',
    sql: `UPDATE audit_entries SET hash = sha256('forged') WHERE sequence = 7`,
    fault: { sequence: 7, found: /a field was changed/ },
    rows: 6,
  },
  {
    name: 'a deleted row',
    sql: 'DELETE FROM audit_entries WHERE sequence = 5',
    fault: { sequence: 5, found: /the row is missing; the next one there is 6/ },
    rows: 4,
  },
  {
    name: 'a deleted row with those after it moved up',
    sql: `DELETE FROM audit_entries WHERE sequence = 5;
      UPDATE audit_entries SET sequence = -sequence WHERE sequence > 5; UPDATE audit_entries SET sequence = -sequence - 1 WHERE sequence < 0`,
    fault: { sequence: 5, found: /not the hash of the row before/ },
    rows: 4,
  },
  {
    name: 'deleted rows at the end',
    sql: 'DELETE FROM audit_entries WHERE sequence > 10',
    fault: { sequence: 11, found: /the row is missing; the sequencer noted 12:/ },
    rows: 10,
  },
  {
    name: 'every row deleted',
    sql: 'DELETE FROM audit_entries',
    fault: { sequence: 1, found: /the row is missing/ },
    rows: 0,
  },
  {
    name: 'an inserted row',
    sql: `UPDATE audit_entries SET sequence = -sequence WHERE sequence > 5; UPDATE audit_entries SET sequence = -sequence + 1 WHERE sequence < 0;
      INSERT INTO audit_entries SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'sequence', 6))).* FROM audit_entries a WHERE sequence = 7`,
    fault: { sequence: 6, found: /a field was changed/ },
    rows: 5,
  },
  {
    name: 'a row put at the end',
    sql: `INSERT INTO audit_entries SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'sequence', 13))).* FROM audit_entries a WHERE sequence = 7`,
    fault: { sequence: 13, found: /beyond the head/ },
    rows: 12,
  },
  {
    name: 'two rows exchanged',
    sql: `UPDATE audit_entries SET sequence = -1 WHERE sequence = 4; UPDATE audit_entries SET sequence = 4 WHERE sequence = 8;
      UPDATE audit_entries SET sequence = 8 WHERE sequence = -1`,
    fault: { sequence: 4, found: /not the hash of the row before/ },
    rows: 3,
  },
  {
    name: 'a row taken out of the chain',
    sql: 'UPDATE audit_entries SET sequence = NULL, hash = NULL, previous_hash = NULL WHERE sequence = 4',
    fault: { sequence: 4, found: /the row is missing/ },
    rows: 3,
  },
  {
    name: 'another hash noted as the head',
    sql: `UPDATE sequences SET last_hash = sha256('forged') WHERE stream = 'audit_entries'`,
    fault: { sequence: 12, found: /the head is not the one/ },
    rows: 12,
  },
  {
    name: 'an earlier head noted',
    sql: `UPDATE sequences SET last_sequence = 9, last_hash = (SELECT hash FROM audit_entries WHERE sequence = 9) WHERE stream = 'audit_entries'`,
    fault: { sequence: 10, found: /beyond the head/ },
    rows: 9,
  },
]

t.test('the first thing that does not fit is found and named', async (t) => {
  const { forger, verify } = await aChain(t)
  // A forger with all rights over the database is not held by its constraints either.
  await forger.query('ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_sequence_check')
  await forger.query('CREATE TABLE kept AS TABLE audit_entries; CREATE TABLE kept_heads AS TABLE sequences')
  for (const { name, sql, fault, rows } of tampered) {
    await t.test(name, async (t) => {
      await forger.query(sql)
      t.match(await verify(), { rows, fault })
      await forger.query(`DELETE FROM audit_entries; INSERT INTO audit_entries TABLE kept;
        DELETE FROM sequences; INSERT INTO sequences TABLE kept_heads`)
      t.equal((await verify()).fault, null, 'and was all that did not fit')
    })
  }
})

t.test('a chain cut off, or written anew from one end to the other, is found by a head noted before', async (t) => {
  const { forger, verify, db, append } = await aChain(t)
  const { head: noted } = await verify()
  await append(5)
  await sequenceAll(db)
  t.equal((await verify(noted)).fault, null, 'the chain has grown and still goes through it')
  await forger.query(`DELETE FROM audit_entries WHERE sequence > 8;
    UPDATE sequences SET last_sequence = 8, last_hash = (SELECT hash FROM audit_entries WHERE sequence = 8) WHERE stream = 'audit_entries'`)
  t.equal((await verify()).fault, null, 'by itself it looks whole')
  t.match(await verify(noted), {
    fault: { sequence: 12, found: /the expected head is missing; the chain ends with 8:/ },
  })

  await forger.query(`UPDATE audit_entries SET actor = 'nobody', sequence = NULL, hash = NULL, previous_hash = NULL;
    UPDATE sequences SET last_sequence = 0, last_hash = decode(repeat('00', 32), 'hex') WHERE stream = 'audit_entries'`)
  await append(20)
  await sequenceAll(db)
  t.match(await verify(), { rows: 28, fault: null })
  t.match(await verify(noted), { fault: { sequence: 12, found: /another than the expected one/ } })
})

t.test('waspada audit verify tells it, and exits with 1 when something does not fit', async (t) => {
  const { adminUrl, workerUrl, serviceUrl, forger, verify, append } = await aChain(t)
  const noted = headText((await verify()).head)
  await append(2)
  const run = (url: string, ...args: string[]) =>
    runWaspada(['audit', 'verify', ...args], { DATABASE_URL: url, WASPADA_DATA_DIR: t.testdirName })
  t.match(await run(adminUrl, '--expect', noted), {
    code: 0,
    stdout: `12 rows of the audit fit\nhead ${noted}\n2 rows wait to be chained, the oldest for `,
    stderr: '',
  })
  t.match(await run(workerUrl), { code: 0, stdout: /^12 rows/ }, 'with the login of the worker as well')
  t.match(await run(serviceUrl), { code: 1, stdout: '', stderr: /may not become waspada_worker/ })
  t.match(await run(adminUrl, '--expect', '12'), { code: 2, stderr: /64 hexadecimal digits/ })
  await forger.query(`UPDATE audit_entries SET actor = 'other' WHERE sequence = 7`)
  t.match(await run(adminUrl), {
    code: 1,
    stdout: /^6 rows of the audit fit before the first that does not/,
    stderr: /at 7: its hash is not that of its content/,
  })
})
