import { createWaspada } from 'waspada-client'
import { Outbox } from 'waspada-client/outbox'

// Sends what an outbox holds, as compiled, and ends as if the power had gone: once a report has arrived, or so much of a file.
const [, , folder = '', baseUrl = '', token = '', at = ''] = process.argv
const die = () => process.kill(process.pid, 'SIGKILL')
const outbox = await Outbox.open(folder)
await outbox.send(createWaspada({ baseUrl, credentials: { token: async () => token } }), {
  tell: ({ became }) => became === at && die(),
  moved: (_sha256, arrived) => arrived >= Number(at) && die(),
})
