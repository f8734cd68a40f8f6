import t from 'tap'
import { aReportIn } from '../support/a-report.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { type Api, startApi } from '../support/start-api.ts'

const secret = { handling: 'secret' }
const lowering = { handling: 'restricted', reason: 'Sumber sudah aman.' }

async function made(answer: Promise<{ statusCode: number; payload: string; json(): { id: string } }>): Promise<string> {
  const { statusCode, payload, json } = await answer
  if (statusCode !== 201) throw new Error(payload)
  return json().id
}

const post = ({ as }: Api) => made(as('kendariSecret').post('/v1/reports', aReportIn('74.71', secret)))

async function lower({ as }: Api, id: string): Promise<void> {
  const lowered = await as('kendariSecret').patch(`/v1/reports/${id}`, lowering, '*')
  if (lowered.statusCode !== 200) throw new Error(lowered.payload)
}

async function reads({ admin }: Api, by: CallerName): Promise<string[]> {
  const { rows } = await admin.query(
    `SELECT action || ' ' || resource_id || ' ' || handling AS told FROM audit_entries WHERE action LIKE '%.read' AND client_id = $1`,
    [callers[by].clientId],
  )
  return rows.map(({ told }) => told).sort()
}

async function openGlass({ as }: Api): Promise<{ headers: Record<string, string> }> {
  const asked = { reason: 'Untuk uji kunci asing gabungan.', clearance: 'secret' }
  return { headers: { 'break-glass': await made(as('analyst').post('/v1/access/break-glass', asked)) } }
}

t.test('a change that changes nothing shows what is secret, and is told as a read', async (t) => {
  const api = await startApi(t)
  const { as } = api
  const report = await post(api)
  const task = { action: 'Rapat koordinasi segera', responsibleOffice: '74.71', dueOn: '2024-12-01' }
  const followUp = await made(as('sultraTopSecret').post(`/v1/reports/${report}/follow-ups`, task))
  const nihil = { kind: 'daily', period: '2024-11-26', nothingToReport: true, ...secret }
  const situation = await made(as('kendariSecret').post('/v1/situation-reports', nihil))
  for (const url of [`/v1/reports/${report}`, `/v1/follow-ups/${followUp}`, `/v1/situation-reports/${situation}`]) {
    const unchanged = await as('kendariSecret').patch(url, {}, '*')
    t.equal(unchanged.statusCode, 200, unchanged.payload)
    t.equal(unchanged.json().version, 1)
  }
  t.same(await reads(api, 'kendariSecret'), [
    `follow_up.read ${followUp} 2`,
    `report.read ${report} 2`,
    `situation_report.read ${situation} 2`,
  ])
})

t.test('what was asked while the report was secret is told when it is read later, through the glass too', async (t) => {
  const api = await startApi(t)
  const { as } = api
  const report = await post(api)
  const asking = { text: 'Siapa sumber laporan ini?' }
  const question = await made(as('sultraTopSecret').post(`/v1/reports/${report}/questions`, asking))
  await lower(api, report)
  const list = `/v1/reports/${report}/questions`
  for (const url of [list, `${list}/${question}`])
    t.match((await as('kendariSecret').get(url)).payload, asking.text, 'who is cleared for it reads it')
  t.same(await reads(api, 'kendariSecret'), [`report.read ${report} 2`, `report.read ${report} 2`])

  t.same((await as('analyst').get(list)).json().items, [])
  t.match((await as('analyst').get(list, await openGlass(api))).json().items, [asking])
  t.same(await reads(api, 'analyst'), [`report.read ${report} 2`])
  const { items } = (await as('kendari').get('/v1/access/break-glass')).json()
  t.match(items, [{ report: { id: report } }], 'and the office hears of it')
})

t.test('why reports were linked while they were secret is told when it is read later', async (t) => {
  const api = await startApi(t)
  const { as } = api
  const [report, target] = [await post(api), await post(api)]
  const reason = 'Sumber yang sama menyebut keduanya.'
  await made(as('kendariSecret').change(`/v1/reports/${report}/links`, { type: 'follows', target, reason }, '*'))
  for (const id of [report, target]) await lower(api, id)
  const [unread] = (await as('kendari').get(`/v1/reports/${report}/links`)).json().items
  t.equal(unread.reason, null)
  const [read] = (await as('kendariSecret').get(`/v1/reports/${report}/links`)).json().items
  t.equal(read.reason, reason)
  t.same(await reads(api, 'kendariSecret'), [`report.read ${target} 2`])
})

t.test(
  'what was released of a report while it was secret is told when it is read later, through the glass too',
  async (t) => {
    const api = await startApi(t)
    const { as } = api
    const report = await post(api)
    await as('sultraTopSecret').change(`/v1/reports/${report}/verify`, undefined, '*')
    const body = { agencies: ['bssn'], handling: 'ordinary', fields: ['subject'] }
    const id = await made(as('kendariSecret').post(`/v1/reports/${report}/releases`, body))
    const list = `/v1/reports/${report}/releases`
    t.match((await as('kendariSecret').get(list)).json().items, [{ id, status: 'proposed' }])
    await lower(api, report)
    t.match((await as('kendariSecret').get(list)).json().items, [{ id }])
    t.same(await reads(api, 'kendariSecret'), [`report.read ${report} 2`, `report.read ${report} 2`])
    t.same((await as('analyst').get(list)).json().items, [])
    t.match((await as('analyst').get(list, await openGlass(api))).json().items, [{ id }])
    t.same(await reads(api, 'analyst'), [`report.read ${report} 2`])
  },
)
