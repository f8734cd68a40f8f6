import t from 'tap'
import { type FileFault, OfficesFileError, readOfficesFile } from '../../src/clients/offices-file.ts'

const read = (text: string) => readOfficesFile(Buffer.from(text))

function faultsOf(text: string | Buffer): FileFault[] {
  try {
    return readOfficesFile(Buffer.from(text as string)).faults
  } catch (error) {
    if (error instanceof OfficesFileError) return [...error.faults]
    throw error
  }
}

t.test('commas or semicolons, with or without a BOM, and blank rows as spreadsheets leave them', async (t) => {
  const plain = read('client_id,office,scopes,clearance\na,74.71,reports:read,restricted\n')
  const excel = read(
    '\uFEFFscopes;client_id;clearance;office;agency;name;public_key\r\n\r\nreports:read; a ;restricted;74.71;;;\r\n;;;;;;\r\n',
  )
  const cells = {
    client_id: 'a',
    office: '74.71',
    agency: '',
    name: '',
    scopes: 'reports:read',
    clearance: 'restricted',
  }
  t.same(plain, { rows: [{ line: 2, cells: { ...cells, public_key: '' } }], faults: [] })
  t.same(excel, { rows: [{ line: 3, cells: { ...cells, public_key: '' } }], faults: [] })
})

t.test('a comma belongs to a name where semicolons part the cells, and a quoted one everywhere', async (t) => {
  const [row] = read('client_id;name;scopes;clearance\na;Kesbangpol, Kendari;reports:read;ordinary').rows
  t.equal(row?.cells.name, 'Kesbangpol, Kendari')
  const [quoted] = read('client_id,name,scopes,clearance\na,"Kesbangpol, ""Kendari""",reports:read,ordinary').rows
  t.equal(quoted?.cells.name, 'Kesbangpol, "Kendari"')
})

t.test('lines are counted as an editor shows them', async (t) => {
  const file = 'client_id,name,scopes,clearance\r\na,"two\r\nlines",x,y\r\n\r\nb,c,x,y\r\nc,d,x\r\n'
  const { rows, faults } = read(file)
  t.same(
    rows.map(({ line }) => line),
    [2, 5],
  )
  t.match(faults, [{ line: 6, column: null, detail: /3 cells where the header has 4/ }])
})

t.test('a header that is wrong is refused by name', async (t) => {
  const faults = faultsOf('client_id,client_id,kantor,scopes\na,b,c,d\n').map(({ detail }) => detail.split(';')[0])
  t.same(faults, ['There is no column "kantor"', '"client_id" is there twice', '"clearance" is missing'])
  t.match(faultsOf(''), [{ line: 1, detail: /empty/ }])
  t.match(faultsOf('client_id,scopes,clearance\n\n'), [{ detail: /no row/ }])
  t.match(faultsOf(Buffer.from([0x63, 0xff, 0x0a])), [{ line: 1, detail: /UTF-8/ }])
  t.match(faultsOf('client_id,scopes,clearance\na,"b"c,d\n'), [{ line: 2, detail: /Closing Quote/ }])
  t.match(faultsOf('client_id,scopes,clearance\na,"b,d\n'), [{ detail: /Quote Not Closed/ }])
})
