import t from 'tap'
import { runGuide } from '../support/run-guide.ts'

t.test('the commands of the guide on access do what it says, in its order', async (t) => {
  const { code, out, err } = await runGuide(t, 'access.md', 'data')
  t.equal(code, 0, `${err.slice(-2000)}\n${out.slice(-1000)}`)
  for (const expected of [
    '"clientId":"kemendagri-admin"',
    /^553$/m,
    '"disabled":true',
    'a revoked token: 401',
    '"action":"client.disabled"',
    /\d+ rows of the audit fit/,
    'restricted: 1825 days after receipt',
    '"clientId":"kesbangpol-74.71"',
    '"agency":"bssn"',
    'reports for an agency: 403',
  ])
    t.match(out, expected, String(expected))
})
