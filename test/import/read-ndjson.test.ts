import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { linesOf } from '../../src/import/lines.ts'
import { readNdjson } from '../../src/import/read-ndjson.ts'

async function rowsOf(t: { teardown(end: () => Promise<void>): unknown }, content: Buffer) {
  const folder = await mkdtemp(join(tmpdir(), 'waspada-ndjson-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'laporan.ndjson')
  await writeFile(path, content)
  const rows = []
  for await (const { row, line, notes } of readNdjson(path)) rows.push({ row, line, notes: [...notes.values()] })
  return rows
}

t.test('a line ends at a line feed alone', async (t) => {
  const lines = ['{"facts":"satu\u2028dua\u2029tiga\u0085empat"}', '', '{"facts":"lima"}\r', '{"facts":"enam"}']
  const rows = await rowsOf(t, Buffer.from(`\uFEFF${lines.join('\n')}`))
  t.same(
    rows.map(({ row, line }) => [row, line]),
    [
      [1, lines[0]],
      [3, lines[2]],
      [4, lines[3]],
    ],
  )
})

t.test('what is not UTF-8 is refused, and not stored with signs in its place', async (t) => {
  const broken = Buffer.concat([
    Buffer.from('{"facts":"caf'),
    Buffer.from([0xe9]),
    Buffer.from('"}\n{"facts":"baik"}\n'),
  ])
  const rows = await rowsOf(t, broken)
  t.same(rows, [
    { row: 1, line: 'null', notes: ['is not UTF-8'] },
    { row: 2, line: '{"facts":"baik"}', notes: [] },
  ])
})

t.test('a line that is longer than a report stops no other', async (t) => {
  const rows = await rowsOf(t, Buffer.from(`{"a":1}\n{"a":"${'x'.repeat(6_000_000)}"}\n{"a":2}`))
  t.same(rows, [
    { row: 1, line: '{"a":1}', notes: [] },
    { row: 2, line: 'null', notes: ['is longer than 256 kB'] },
    { row: 3, line: '{"a":2}', notes: [] },
  ])
})

t.test('lines are the same, wherever the file is cut into chunks', async (t) => {
  const text = '{"facts":"—“é”"}\n\n{"b":2}\nakhir'
  const bytes = Buffer.from(text)
  for (let size = 1; size < bytes.length; size += 1) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    )
    const lines = []
    for await (const line of linesOf(Readable.from(chunks), 100)) lines.push(line.text)
    t.same(lines, text.split('\n'))
  }
})
