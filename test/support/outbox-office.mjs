import { createInterface } from 'node:readline'
import { createWaspada } from 'waspada-client'
import { keepSending, Outbox } from 'waspada-client/outbox'

// An office in a process of its own, as compiled: it queues what it is told, one line of JSON each, and sends all the while.
const [, , folder = '', baseUrl = '', token = ''] = process.argv
const say = (words) => process.stdout.write(`${words}\n`)

let isTold = false
const outbox = await Outbox.open(folder)
const waspada = createWaspada({ baseUrl, credentials: { token: async () => token } })
keepSending(outbox, waspada, {
  poll: 20,
  backoff: { first: 5, longest: 40 },
  tell: ({ became, item }) => say(`${became} ${item?.clientReference}`),
  waiting: ({ end }) => {
    if (end === 'empty' && isTold) say('idle')
  },
}).then(({ end, reason }) => say(`ended ${end} ${reason}`))

for await (const line of createInterface({ input: process.stdin })) {
  const { item } = await outbox.queue(JSON.parse(line))
  say(`queued ${item.clientReference}`)
}
isTold = true
