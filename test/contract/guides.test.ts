import { readFile } from 'node:fs/promises'
import t from 'tap'
import { submitReportExample } from '../../src/reports/examples.ts'
import { commandsOf, runGuide } from '../support/run-guide.ts'

t.test('the report that the guides post is the one of the contract', async (t) => {
  const file = new URL('../../docs/guides/first-report.json', import.meta.url)
  t.same(JSON.parse(await readFile(file, 'utf8')), submitReportExample)
})

t.test('guides give the same commands in both languages', async (t) => {
  const kinds = 'sh|text|js|ini'
  for (const guide of [
    'access',
    'attachments',
    'exports',
    'import',
    'liaison',
    'office',
    'report-life',
    'searching',
    'situation-reports',
    'statistics',
    'timelines',
  ])
    t.same(await commandsOf(`${guide}.id.md`, kinds), await commandsOf(`${guide}.md`, kinds), guide)
})

t.test('the commands of the guide on searching find what it says', async (t) => {
  const { code, out, err } = await runGuide(t, 'searching.md', 'repository')
  t.equal(code, 0, `${err.slice(-2000)}\n${out.slice(-1000)}`)
  t.same(out.trim().split('\n'), ['1', '2', '2', '1', '1', 'Dugaan politik uang', 'uang', 'critical', 'null', '1'])
})
