import { DomainError } from '../errors.ts'
import type { ByteRange } from './store.ts'

/**
 * The part of a file that a request wants (RFC 9110, 14.2): of one range its bytes, clipped to the file; the whole file for
 * several ranges and for what is no range of bytes, which a server may ignore; the whole file too when If-Range names another.
 * @returns undefined for the whole file
 * @throws DomainError range_not_satisfiable
 */
export function wantedRange(
  { range, ifRange }: { range: string | undefined; ifRange: string | undefined },
  { size, etag }: { size: number; etag: string },
): ByteRange | undefined {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range)
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const [first, last] = [match[1] === '' ? undefined : Number(match[1]), match[2] === '' ? undefined : Number(match[2])]
  if (first !== undefined && last !== undefined && last < first) return undefined
  // Without a first byte it is the last so many of them.
  const wanted =
    first === undefined
      ? { first: Math.max(0, size - (last ?? 0)), last: size - 1 }
      : { first, last: Math.min(last ?? size, size - 1) }
  if (wanted.first > wanted.last) throw new DomainError('range_not_satisfiable', { size })
  return wanted
}
