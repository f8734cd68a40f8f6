import { createWaspada, ProblemError } from 'waspada-client'
import { faultsOf } from 'waspada-client/check-report'
import { Outbox } from 'waspada-client/outbox'

const [baseUrl] = process.argv.slice(2)
const waspada = createWaspada({ baseUrl, credentials: { token: async () => 'a.good.token' } })
const found = []
for await (const { id } of waspada.items('/v1/reports')) found.push(id)
const problem = await waspada.reports.submit({}).catch((error) => error instanceof ProblemError && error.code)
const faults = faultsOf({ location: {}, source: {} }).length

const outbox = await Outbox.open('./outbox')
await outbox.queue({})
await outbox.send(waspada)
const { refused } = await outbox.list()
const codes = refused.map((item) => item.refused?.problem.code)
process.stdout.write(JSON.stringify({ found, problem, faults, refused: codes }))
