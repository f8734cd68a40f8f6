import fc from 'fast-check'
import t from 'tap'
import { readJson } from '../../src/http/body-parser.ts'

const faultsOf = (text: string) => readJson(Buffer.from(text)).faults.map(({ pointer, code }) => `${pointer} ${code}`)

t.test('a member given twice is found at any depth, however it is spelled', async (t) => {
  const texts: Record<string, string[]> = {
    '{"a":1,"a":1}': ['/a duplicate_member'],
    '{"a":1,"\\u0061":2}': ['/a duplicate_member'],
    '{"a":{"b":[0,{"c":1,"d":[],"c":{}}]}}': ['/a/b/1/c duplicate_member'],
    '{"":1,"":2,"":3}': ['/ duplicate_member', '/ duplicate_member'],
    '{"a/b~":1, "a/b~" :2}': ['/a~1b~0 duplicate_member'],
    '{"\\"":1,"\\\\":2,"\\"":3}': ['/" duplicate_member'],
    '[{"a":1},{"a":1},{"a":{"a":{"a":1}}}]': [],
    '{"a":"a","b":"a","c":["a","a"],"d":"\\",\\"a\\":1,\\"a\\":"}': [],
    '{"é":1,"e\\u0301":2}': [],
  }
  for (const [text, faults] of Object.entries(texts)) t.same(faultsOf(text), faults, text)
})

t.test('numbers are refused where a double no longer says them', async (t) => {
  const kept = [
    '0',
    '-0',
    '0.1',
    '122.513',
    '-3.975',
    '1e3',
    '1.5E+2',
    '9007199254740991',
    '-9007199254740991',
    '0e999',
    '1.0000000000000000',
  ]
  const refused = [
    '1e400',
    '-1e400',
    '9007199254740992',
    '9007199254740993',
    '1e16',
    '123456789012345678901',
    '1e-400',
    '5.00000000000000000001',
  ]
  for (const literal of kept) t.same(faultsOf(`{"n":[1,${literal}]}`), [], literal)
  for (const literal of refused) t.same(faultsOf(`{"n":[1,${literal}]}`), ['/n/1 number_unsafe'], literal)
  t.same(faultsOf('"1e400"'), [])
  t.same(faultsOf(' 1e400 '), [' number_unsafe'])
})

t.test('nesting ends at twenty', async (t) => {
  const nested = (depth: number) => `${'{"a":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`
  t.same(faultsOf(nested(20)), [])
  t.same(faultsOf(nested(22)), [`${'/a/0'.repeat(10)} too_deep`])
  t.same(faultsOf(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), [`${'/0'.repeat(20)} too_deep`])
})

t.test('keys that are no text or reach for a prototype', async (t) => {
  t.same(faultsOf('{"a\\u0000":1,"\\ud800":2,"\\ud83d\\udd25":3}'), ['/a\u0000 text_invalid', '/\ufffd text_invalid'])
  t.same(faultsOf('{"__proto__":1,"a":{"\\u0063onstructor":1}}'), [
    '/__proto__ unknown_member',
    '/a/constructor unknown_member',
  ])
})

t.test('a body of nothing but faults is answered in proportion', async (t) => {
  const key = 'k'.repeat(20_000)
  const faults = readJson(Buffer.from(`{"${key}":{${'"":1,'.repeat(40_000)}"":1}}`)).faults
  t.equal(faults.length, 1000)
  t.ok(faults.every(({ pointer }) => (pointer ?? '').length <= 2000))
})

t.test('any value within the bounds passes unchanged, in any spelling of its strings', async (t) => {
  const spelled = (text: string) => text.replace(/[a-z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
  const value = fc
    .jsonValue({ maxDepth: 8 })
    .filter((given) => !/e[+-]|__proto__|constructor|\\u0000|\d{16}/.test(JSON.stringify(given)))
  fc.assert(
    fc.property(value, (given) => {
      const text = JSON.stringify(given, null, 1)
      const read = readJson(Buffer.from(text))
      t.same(read, { value: JSON.parse(text), faults: [] })
      const escaped = JSON.stringify([given]).replaceAll(/"(?:[^"\\]|\\.)*"/g, (string) =>
        string.includes('\\') ? string : spelled(string),
      )
      t.same(readJson(Buffer.from(escaped)), { value: [JSON.parse(text)], faults: [] })
    }),
  )
})

t.test('a member repeated anywhere in any value is found there', async (t) => {
  const keys = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 6,
  })
  const named = keys.filter(
    (all) => !all.some((key) => key === '__proto__' || key === 'constructor' || key.includes('\0')),
  )
  fc.assert(
    fc.property(
      named,
      fc.nat(),
      fc.jsonValue({ maxDepth: 2 }).filter((v) => !/e[+-]|proto|constr|\\u0000|\d{16}/.test(JSON.stringify(v))),
      (names, which, inner) => {
        const members = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(inner)}`)
        const twice = names[which % names.length] as string
        const text = `{"list":[[],{${[...members, `${JSON.stringify(twice)}:0`].join(',')}}]}`
        const pointer = `/list/1/${twice.replaceAll('~', '~0').replaceAll('/', '~1')}`
        t.same(faultsOf(text), [`${pointer} duplicate_member`])
      },
    ),
  )
})
