import { readFile } from 'node:fs/promises'
import t from 'tap'
import { submitReportExample } from '../../src/reports/examples.ts'

t.test('the report that the guides post is the one of the contract', async (t) => {
  const file = new URL('../../docs/guides/first-report.json', import.meta.url)
  t.same(JSON.parse(await readFile(file, 'utf8')), submitReportExample)
})
