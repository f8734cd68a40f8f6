import { UnreachableError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { backoff } from './delay.ts'

/**
 * Does what breaks off in the middle, again and again, for as long as it gets anywhere: only what brought nothing counts as a
 * retry.
 * @param step goes on from where it was, and says when it got further
 * @param isPassing which errors are worth another try
 */
export async function persist(
  { retry, surroundings }: Settings,
  step: (moved: () => void) => Promise<void>,
  isPassing: (error: unknown) => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let troubles = 0; ; troubles += 1) {
    try {
      return await step(() => {
        troubles = 0
      })
    } catch (error) {
      const told = error instanceof UnreachableError ? (error.retryAfterMs ?? 0) : 0
      if (!isPassing(error) || troubles >= retry.retries || told > retry.longestDelayMs) throw error
      await surroundings.sleep(told + backoff(troubles, retry, surroundings.random), signal)
    }
  }
}
