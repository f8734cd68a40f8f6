import autocannon from 'autocannon'
import { connections } from './options.ts'
import { type Load, requestsOf, type Sent } from './requests.ts'

/** What one round of load saw. */
export interface Seen {
  perSecond: number
  /** Answered 2xx. */
  answered: number
  /** Other answers, broken connections and timeouts. */
  failed: number
  /** What the failed were: how many of each status, and those without an answer as `errors` and `timeouts`. */
  failures: Record<string, number>
  /** Milliseconds. */
  p50: number
  p99: number
  bytes: number
}

/** The process that makes the load: it is sent a `Load`, and answers with what it has `Seen`. */
process.on('message', async (load: Load) => {
  const seen = await run(load)
  process.send?.(seen)
})

async function run(load: Load): Promise<Seen> {
  const prepared = Array.from({ length: connections }, (_, connection) => requestsOf(load, connection))
  const { result, seconds } = await fire(load, prepared)
  return {
    perSecond: result['2xx'] / seconds,
    answered: result['2xx'],
    failed: result.non2xx + result.errors + result.timeouts,
    failures: failuresOf(result),
    p50: result.latency.p50,
    p99: result.latency.p99,
    bytes: result.throughput.total / result['2xx'],
  }
}

function failuresOf({ statusCodeStats = {}, errors, timeouts }: autocannon.Result): Record<string, number> {
  const statuses = Object.entries(statusCodeStats).map(([status, { count = 0 }]) => [status, count] as const)
  const all = [...statuses.filter(([status]) => !status.startsWith('2')), ['errors', errors], ['timeouts', timeouts]]
  return Object.fromEntries(all.filter(([, count]) => Number(count) > 0))
}

/** autocannon's own duration counts the time in which it writes its requests down, before the first is sent: ours does not. */
function fire({ address, seconds }: Load, prepared: Sent[][]): Promise<{ result: autocannon.Result; seconds: number }> {
  let connected = 0
  const setupClient = (client: autocannon.Client) => {
    client.setRequests(prepared[connected] ?? [])
    connected += 1
  }
  return new Promise((resolve, reject) => {
    let began = 0
    const running = autocannon({ url: address, connections, duration: seconds, setupClient }, (error, result) => {
      if (error) reject(error)
      else resolve({ result, seconds: (performance.now() - began) / 1000 })
    })
    running.on('start', () => {
      began = performance.now()
    })
  })
}
