import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readDataFile } from '../../src/regions/data-file.ts'
import { aReport } from '../support/a-report.ts'
import { runCommand } from '../support/run-command.ts'
import { startApi } from '../support/start-api.ts'

t.test('an administrator gives a region dates of its own, having been told what that changes', async (t) => {
  const api = await startApi(t)
  const at = { occurredAt: '2024-11-26T06:00:00+08:00' }
  for (let n = 0; n < 3; n += 1) await api.as('kendari').post('/v1/reports', aReport(at))
  const environment = { WASPADA_DATA_DIR: t.testdir(), DATABASE_URL: api.adminUrl }
  const override = (...more: string[]) => runCommand(['reference', 'override', ...more], environment)
  const named = ['--election', 'pilkada-2024', '--stage', 'psu_psl_pss', '--region', '74.71']
  const dates = ['--from', '2024-11-26', '--to', '2024-11-26', '--source', 'KPU 1/2024']

  const foreseen = await override(...named, ...dates, '--dry-run')
  t.match(foreseen.stdout, 'As version 2 it would classify 3 reports otherwise. Nothing was written.')
  t.match(foreseen.stdout, 'pilkada-2024 masa_tenang -> pilkada-2024 psu_psl_pss: 3 reports')
  t.match(foreseen.stdout, '74.71 Kota Kendari: 3 reports')
  t.match(JSON.parse((await override(...named, ...dates, '--dry-run', '--json')).stdout), {
    version: 2,
    changed: true,
    reports: 3,
    changes: [{ from: { stage: 'masa_tenang' }, to: { stage: 'psu_psl_pss' }, reports: 3 }],
    regions: [{ region: '74.71', name: 'Kota Kendari', reports: 3 }],
    days: { from: '2024-11-26', to: '2024-11-26' },
    unfinished: [],
  })
  t.match((await runCommand(['reference', 'reclassifications'], environment)).stdout, 'No report was ever')

  const loaded = await override(...named, ...dates)
  t.match(loaded.stdout, /version 2 is in force\.\nStored reports are classified again in the background: run 1/)
  t.match((await override(...named, ...dates)).stdout, 'in force already, as version 2')
  t.match(
    (await override(...named, ...dates, '--dry-run')).stdout,
    'in force already, as version 2. Nothing was written',
  )
  const runs = await runCommand(['reference', 'reclassifications'], environment)
  t.match(runs.stdout, /^1 {2}calendar, calendar version 2 .* 0 reports looked at, 0 changed {2}waiting/)
  const audit = await api.admin.query(`SELECT operation, details FROM audit_entries WHERE action = 'reference.changed'`)
  t.match(audit.rows, [{ operation: 'reference override', details: { version: 2, reclassification: 1 } }])

  const back = await override(...named, '--remove', '--dry-run')
  t.match(back.stdout, 'Not finished yet: run 1')
  t.match(await override(...named, '--remove', '--from', '2024-11-25'), { code: 1, stderr: /has no override/ })
  t.match((await override(...named, '--remove')).stdout, 'version 3 is in force')

  const list = join(t.testdir(), 'overrides.json')
  const each = { election: 'pilkada-2024', stage: 'psu_psl_pss', source: 'KPU 2/2024' }
  const day = { starts_on: '2025-04-16', ends_on: '2025-04-16' }
  await writeFile(list, JSON.stringify(['74.71', '74.01'].map((region) => ({ ...each, region, ...day }))))
  t.match((await override(list)).stdout, 'version 4 is in force')
  await writeFile(list, JSON.stringify([{ ...each, region: '74.99', ...day }]))
  t.match(await override(list), { code: 1, stderr: /74\.99 does not exist/ })
  await writeFile(list, JSON.stringify([{ ...each, region: '74.71' }]))
  t.match(await override(list), { code: 1, stderr: /\/0\/starts_on/ })

  const calendar = join(t.testdir(), 'calendar.json')
  await writeFile(calendar, JSON.stringify(await readDataFile('election-calendar.json')))
  const whole = await runCommand(['reference', 'calendar', calendar, '--dry-run'], environment)
  t.match(whole.stdout, 'As version 5 it would classify 0 reports otherwise')
})

t.test('what is said wrongly, or by whom may not, is refused', async (t) => {
  const api = await startApi(t)
  const environment = { WASPADA_DATA_DIR: t.testdir(), DATABASE_URL: api.adminUrl }
  const override = (...more: string[]) => runCommand(['reference', 'override', ...more], environment)
  const named = ['--election', 'pilkada-2024', '--stage', 'psu_psl_pss', '--region', '74.71']
  t.match(await override(), { code: 2, stderr: /--election, --stage and --region/ })
  t.match(await override(...named), { code: 2, stderr: /needs --from, --to and --source/ })
  t.match(await override(...named, '--from', '16-04-2025'), { code: 2, stderr: /a day such as/ })

  const restricted = { ...environment, DATABASE_URL: api.serviceUrl }
  const dates = ['--from', '2024-11-26', '--to', '2024-11-26', '--source', 'x']
  for (const more of [[], ['--dry-run']])
    t.match(await runCommand(['reference', 'override', ...named, ...dates, ...more], restricted), {
      code: 1,
      stderr: /may not change reference data/,
    })
  t.match(await runCommand(['reference', 'reclassifications'], restricted), { code: 1 })
  t.equal((await api.admin.query('SELECT FROM election_calendars')).rowCount, 1)
})
