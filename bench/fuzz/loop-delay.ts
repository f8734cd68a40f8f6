import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Milliseconds that the event loop of a process was late. */
export interface LoopDelay {
  p50: number
  p99: number
  max: number
}

/** Preloaded into a process (`node --import`), it tells the parent who asks how late the event loop of that process is. */
const resolution = 10
const histogram = monitorEventLoopDelay({ resolution })
histogram.enable()
const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution)

process.on('message', (asked) => {
  if (asked === 'reset') histogram.reset()
  if (asked !== 'read') return
  const delay: LoopDelay = {
    p50: late(histogram.percentile(50)),
    p99: late(histogram.percentile(99)),
    max: late(histogram.max),
  }
  process.send?.(delay)
})
// A process lives and ends as it would without this.
process.channel?.unref()
