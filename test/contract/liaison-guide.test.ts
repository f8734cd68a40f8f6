import { readFile } from 'node:fs/promises'
import t from 'tap'
import { commandsOf, runGuide } from '../support/run-guide.ts'

t.test('the program that the guide on liaison shows is the one that it runs', async (t) => {
  const file = new URL('../../docs/guides/follow-releases.mjs', import.meta.url)
  t.same(await commandsOf('liaison.md', 'js'), [await readFile(file, 'utf8')])
})

t.test('the commands of the guide on liaison do what it says, in its order', async (t) => {
  const { code, out, err } = await runGuide(t, 'liaison.md', 'repository')
  t.equal(code, 0, `${err.slice(-3000)}\n${out.slice(-3000)}`)
  const [me = '', contract = '', ...lines] = out.trim().split('\n')
  t.match(JSON.parse(me), { clientId: 'bssn-siaga', agency: 'bssn', office: null, clearance: 'secret' })
  t.match(contract, /\/openapi\.json$/)
  const shown = (await commandsOf('liaison.md', 'text'))[1]?.trim().split('\n') ?? []
  t.same(lines.splice(0, shown.length), shown, 'the outlets as the guide shows them')
  t.same(lines.splice(0, 2), ['release_not_found', 'published'])
  const [read = '{}'] = lines.splice(0, 1)
  const { content } = JSON.parse(read)
  t.match(content, {
    severity: 'high',
    region: { code: '74.71', level: 'regency', regency: '74.71', province: '74' },
    position: { coordinates: [122.51, -3.98], decimals: 2 },
  })
  t.notOk('source' in content || 'analysis' in content, 'what was not approved is absent')
  t.same(
    lines.map((line) => line.trim()),
    [
      '2',
      'baliho',
      '',
      '[ 7 ]',
      '[ null, null ]',
      'retracted',
      'release.retracted true',
      '410',
      '2',
      'retracted',
      '74',
      '6',
      'events_position_unknown',
      '6',
    ],
  )
})
