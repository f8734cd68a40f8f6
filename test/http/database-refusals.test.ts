import t from 'tap'
import { aReport } from '../support/a-report.ts'
import { startApi } from '../support/start-api.ts'

t.test('what the database refuses is a refusal of ours, and says nothing of the inside', async (t) => {
  const { as, admin } = await startApi(t)
  const raising = async (state: string) => {
    await admin.query(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'secret row of reports' USING ERRCODE = '${state}', TABLE = 'reports', CONSTRAINT = 'inner_name'; END $$`)
    return as('kendari').post('/v1/reports', aReport())
  }
  await raising('22000')
  await admin.query('CREATE TRIGGER refuse BEFORE INSERT ON reports FOR EACH ROW EXECUTE FUNCTION refuse()')
  const expected: Record<string, [number, string]> = {
    '22001': [422, 'value_refused'],
    '22021': [422, 'value_refused'],
    '22P02': [422, 'value_refused'],
    '23502': [422, 'value_refused'],
    '23514': [422, 'value_refused'],
    '23503': [409, 'change_refused'],
    '23505': [409, 'change_refused'],
    '23P01': [409, 'change_refused'],
    '40001': [503, 'service_unavailable'],
    '40P01': [503, 'service_unavailable'],
    '57014': [503, 'service_unavailable'],
    '53100': [503, 'service_unavailable'],
    '25006': [503, 'service_unavailable'],
    '42501': [500, 'internal_error'],
    P0001: [500, 'internal_error'],
  }
  for (const [state, [status, code]] of Object.entries(expected)) {
    const answer = await raising(state)
    t.equal(answer.statusCode, status, state)
    t.match(answer.json(), { code, status })
    t.notMatch(answer.body, /secret|reports|inner_name|refuse\(|SQL|INSERT/)
    t.equal(answer.headers['retry-after'] !== undefined, status === 503)
  }
  const { rows } = await admin.query('SELECT count(*)::int AS count FROM reports')
  t.equal(rows[0].count, 1, 'nothing of these was stored')
})
