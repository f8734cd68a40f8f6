import t from 'tap'
import { runGuide } from '../support/run-guide.ts'

t.test('the commands of the guide on the life of a report do what it says, in its order', async (t) => {
  const { code, out, err } = await runGuide(t, 'report-life.md', 'repository')
  t.equal(code, 0, `${err.slice(-2000)}\n${out.slice(-1000)}`)
  const [due = '', ...lines] = out.trim().split('\n')
  t.match(due, /^\d{4}-\d\d-\d\dT/)
  t.same(lines, [
    '2',
    'author_may_not_verify',
    'verified',
    '4',
    'Ya, dua orang dikenali.',
    'application/pdf',
    'duplicate_of',
    '2',
    'done',
    'province',
    'national',
    'province',
    'secret',
    'for the regency: 404',
    'restricted',
    'closed',
    '1 submitted 74.71 pelapor ',
    '2 corrected 74.71 pelapor ',
    '3 verified 74 pejabat-provinsi ',
    '4 corrected 74.71 kepala Korban ketiga melapor ke Puskesmas Mandonga.',
    '5 escalated 74.71 kepala ',
    '6 escalated 74 pejabat-provinsi Pola yang sama di tiga kabupaten.',
    '7 returned 00 pejabat-pusat Koordinasi dengan Polda cukup di tingkat provinsi.',
    '8 handling_changed 00 pejabat-pusat ',
    '9 handling_changed 74 pejabat-rahasia ',
    '10 closed 74 pejabat-provinsi ',
    'report.submitted report.corrected report.verified',
    '1',
    'created created',
    'replayed replayed',
    'late',
    '17',
  ])
})
