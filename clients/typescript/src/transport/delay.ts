import type { RetrySettings } from '../settings.ts'

/** Exponential backoff with full jitter: anything up to twice as long as before, so that many who failed at once come back apart. */
export function backoff(
  repeated: number,
  { firstDelayMs, longestDelayMs }: Pick<RetrySettings, 'firstDelayMs' | 'longestDelayMs'>,
  random: () => number,
): number {
  return random() * Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(repeated, 30))
}

/**
 * Milliseconds that an answer wants one to wait: by `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), else by the `t` of
 * a spent `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
 */
export function retryAfterOf(headers: Headers, now: Date): number | undefined {
  const said = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000
  const date = Date.parse(said)
  if (!Number.isNaN(date)) return Math.max(0, date - now.getTime())
  const spent = /(?:^|,)[^,]*;\s*r=0\s*;\s*t=(\d{1,9})(?:[;,\s]|$)/.exec(headers.get('ratelimit') ?? '')
  return spent ? Number(spent[1]) * 1000 : undefined
}
