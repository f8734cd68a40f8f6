import { readFile } from 'node:fs/promises'
import t from 'tap'
import { submitReportExample } from '../../src/reports/examples.ts'
import { commandsOf } from '../support/run-guide.ts'

t.test('the report that the guides post is the one of the contract', async (t) => {
  const file = new URL('../../docs/guides/first-report.json', import.meta.url)
  t.same(JSON.parse(await readFile(file, 'utf8')), submitReportExample)
})

t.test('guides give the same commands in both languages', async (t) => {
  for (const guide of ['access', 'attachments', 'exports', 'import', 'report-life', 'situation-reports'])
    t.same(await commandsOf(`${guide}.id.md`, 'sh|text'), await commandsOf(`${guide}.md`, 'sh|text'), guide)
})
