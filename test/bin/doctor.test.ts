import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { openWorkDoor } from '../../src/database/work-door.ts'
import { settleCounts } from '../../src/statistics/settle-counts.ts'
import { aReportIn } from '../support/a-report.ts'
import { runCommand } from '../support/run-command.ts'
import { startApi } from '../support/start-api.ts'

t.test('the doctor finds what differs, and puts the totals right', async (t) => {
  const api = await startApi(t)
  const dataDir = await mkdtemp(join(tmpdir(), 'waspada-doctor-'))
  t.teardown(() => rm(dataDir, { recursive: true }))

  const run = (...args: string[]) =>
    runCommand(['doctor', ...args], { DATABASE_URL: api.workerUrl, WASPADA_DATA_DIR: dataDir })
  const examine = async () => {
    const { code, stdout } = await run('--json')
    const { sound, examined } = JSON.parse(stdout)
    const differs = examined.filter(({ found }: { found: unknown[] }) => found.length > 0)
    return { code, sound, differs: differs.map(({ what }: { what: string }) => what.split(' ')[0]), examined }
  }
  const worker = openWorkDoor(api.workerUrl, { size: 1, report: () => {} })
  t.teardown(worker.close)
  const forger = new pg.Client({ connectionString: api.adminUrl })
  await forger.connect()
  t.teardown(() => forger.end())
  await forger.query('SET session_replication_role = replica')

  await api.as('kendari').post('/v1/reports', aReportIn('74.71'))
  await api.as('sultra').post('/v1/reports', aReportIn('74.01', { handling: 'ordinary' }))
  await settleCounts(worker.db)
  await api.as('nation').post('/v1/reports', aReportIn('00'))
  await api.chain()
  t.match(await examine(), { code: 0, sound: true, differs: [] }, 'whole, with one report pending')

  const planted: [string, string, string[]][] = [
    [
      'UPDATE report_counts_by_province SET count = count + 1 WHERE handling = 0',
      'one too many',
      ['report_counts_by_province'],
    ],
    ['DELETE FROM report_counts_by_regency', 'totals gone', ['report_counts_by_regency']],
    ["UPDATE report_counts_by_day SET local_date = '2020-01-01'", 'another day', ['report_counts_by_day']],
    ["UPDATE report_counts_by_kind SET severity = 'low' WHERE handling = 0", 'another kind', ['report_counts_by_kind']],
    ["UPDATE report_counts_of_nation SET athg = 'x'", 'another threat', ['report_counts_of_nation']],
    ["UPDATE report_counts SET stage_group = 'x'", 'another group', ['report_counts']],
    ['UPDATE report_count_changes SET change = 2 WHERE handling = 0', 'the past', ['report_count_changes']],
    [
      "UPDATE reports SET severity = 'critical' WHERE handling = 0",
      'a report',
      ['report_counts_by_kind', 'report_counts_of_nation', 'report_counts', 'report_count_changes'],
    ],
  ]
  for (const [sql, what, tables] of planted) {
    await forger.query(sql)
    t.match(await examine(), { code: 1, sound: false, differs: tables }, what)
    const { rows } = await api.admin.query('SELECT count(*)::int AS n FROM report_count_pending')
    const rebuilt = await run('--rebuild-counts')
    t.match(rebuilt, { code: 0, stdout: /numbers were put right\nfits/ }, what)
    t.same(
      (await api.admin.query('SELECT count(*)::int AS n FROM report_count_pending')).rows,
      rows,
      'pending stays so',
    )
  }
  const { rows: told } = await api.admin.query(
    "SELECT details FROM audit_entries WHERE action = 'report_counts.rebuilt'",
  )
  t.equal(told.length, planted.length)
  await api.chain()

  await forger.query('UPDATE report_registers SET last_number = 7 WHERE office_code = $1', ['74.71'])
  await forger.query('DELETE FROM events WHERE sequence = 2')
  await forger.query('UPDATE audit_entries SET actor = $1 WHERE sequence = 1', ['another'])
  const { stdout, code } = await run()
  t.equal(code, 1)
  t.match(stdout, /74\.71\/2024 has 1 reports with 1 numbers up to 1; the last number given is 7/)
  t.match(stdout, /number 2 is missing, and the last is 3/)
  t.match(stdout, /DIFFERS chain of the audit: at 1 /)
})
