import t from 'tap'
import { runGuideThatServes } from '../support/run-guide.ts'

t.test('the commands of the guide for an office do what it says, through blackouts and kills', async (t) => {
  const { code, out, err } = await runGuideThatServes(t, 'office.id.md')
  t.equal(code, 0, `${err.slice(-3000)}\n${out.slice(-3000)}`)
  for (const expected of [
    /^Queued as 000000001-\w+, reference kdi-1\.\n000000001-\w+ is this very report already \(waiting\)\.\nsent {5}000000001-\w+ {2}kdi-1 {2}74\.71\/\d{4}\/000001$/m,
    /^exit code 1\n2 waiting\n {2}000000002-\w+ {2}kdi-2 .*\n {2}000000003-\w+ {2}kdi-3 .*\n0 refused\n0 damaged\n1 sent\n/m,
    /^kdi-1 kdi-2 kdi-3 kdi-4$/m,
    /^sent {5}(000000005-\w+ {2}foto-1) {2}\S+\nattached \1 {2}baliho\.png/m,
    /^exit code 3\n0 waiting\n1 refused\n.* kdi-5 .*\n {4}422 body_invalid: .*\n {4}\/incidentType /m,
    /^Queued as 000000008-\w+, reference kdi-5\.\nsent .* kdi-5 /m,
    /^(sent .* kdi-7 {2}\S+)\n\1 \(stood already\)\n(\S+ ){7}kdi-7$/m,
    /^exit code 1\nsent .* kdi-8 /m,
    /^kdi-1 kdi-2 kdi-3 kdi-4 foto-1 kdi-6 kdi-5 kdi-7 kdi-8 kdi-9\n$/m,
  ])
    t.match(out, expected, String(expected))
  t.match(err, /cannot be reached: .*; what waits is kept, send again later/)
  t.match(err, /Nothing can be sent, and nothing is lost: .* invalid_client/)
})
