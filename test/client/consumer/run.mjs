import { createWaspada, ProblemError } from 'waspada-client'

const [baseUrl] = process.argv.slice(2)
const waspada = createWaspada({ baseUrl, credentials: { token: async () => 'a.good.token' } })
const found = []
for await (const { id } of waspada.items('/v1/reports')) found.push(id)
const refused = await waspada.reports.submit({}).catch((error) => error)
process.stdout.write(JSON.stringify({ found, problem: refused instanceof ProblemError && refused.code }))
