import { readFile } from 'node:fs/promises'
import t from 'tap'
import { submitReportExample } from '../../src/reports/examples.ts'

t.test('the report that the guides post is the one of the contract', async (t) => {
  const file = new URL('../../docs/guides/first-report.json', import.meta.url)
  t.same(JSON.parse(await readFile(file, 'utf8')), submitReportExample)
})

t.test('guides give the same commands in both languages', async (t) => {
  const commandsOf = async (name: string) => {
    const text = await readFile(new URL(`../../docs/guides/${name}`, import.meta.url), 'utf8')
    return [...text.matchAll(/^```(?:sh|text)\n(.*?)^```$/gms)].map(([, block]) => block)
  }
  for (const guide of ['access', 'situation-reports'])
    t.same(await commandsOf(`${guide}.id.md`), await commandsOf(`${guide}.md`), guide)
})
