import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import exceljs from 'exceljs'
import t from 'tap'
import { readXlsx } from '../../src/import/read-xlsx.ts'
import { aRow, headings } from './sheets.ts'

t.test('letters of several bytes are read as they are, wherever the file is cut into chunks', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'waspada-xlsx-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  for (const useSharedStrings of [true, false]) {
    const path = join(folder, `${useSharedStrings}.xlsx`)
    const writer = new exceljs.stream.xlsx.WorkbookWriter({ filename: path, useSharedStrings })
    const sheet = writer.addWorksheet('reports')
    sheet.addRow(headings).commit()
    const expected: string[] = []
    for (let index = 0; index < 2000; index += 1) {
      const facts = `${index} ${'—“é”'.repeat(40 + (index % 7))}`
      expected.push(facts)
      sheet.addRow(aRow({ clientReference: `r-${index}`, facts })).commit()
    }
    await writer.commit()
    const read: string[] = []
    for await (const { line } of readXlsx(path, {})) read.push(JSON.parse(line).facts)
    t.equal(read.length, 2000)
    t.equal(read.filter((facts, index) => facts !== expected[index]).length, 0, `shared strings: ${useSharedStrings}`)
  }
})

t.test('a date where none belongs, and a time without its day, are refused and not guessed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'waspada-xlsx-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'laporan.xlsx')
  const workbook = new exceljs.Workbook()
  const sheet = workbook.addWorksheet('reports')
  sheet.addRow(headings)
  sheet.addRow(aRow({ clientReference: new Date('2024-12-01T00:00:00Z') }))
  sheet.addRow(aRow({ occurredAt: new Date('1899-12-30T22:30:00Z') }))
  sheet.addRow(aRow({ occurredAt: new Date('2024-11-25T22:30:00Z') }))
  await workbook.xlsx.writeFile(path)
  const read = []
  for await (const { notes } of readXlsx(path, { offset: '+08:00' })) read.push([...notes])
  t.match(read, [[['/clientReference', /is a date/]], [['/occurredAt', /without its day/]], []])
})
