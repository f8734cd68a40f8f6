import { z } from 'zod'
import { fault } from './contract/fault-of-issue.ts'
import { formatTimestamp, parseLocalDate, parseTimestamp } from './timestamps.ts'

const timestampText = (example: string) =>
  z.string().meta({
    format: 'date-time',
    maxLength: 29,
    description: 'RFC 3339 with offset, at most milliseconds',
    examples: [example],
  })

/** A `+` that stands in an address as it is arrives as a blank. */
function lostPlus(text: string): { plus?: string } {
  return /T[\d:.]+ \d\d:\d\d$/.test(text) ? { plus: '%2B' } : {}
}

/** An instant: RFC 3339 with any offset in, UTC `Z` with milliseconds out; a `Date` inside, both ways. */
export const Timestamp = z.codec(timestampText('2024-11-25T14:30:00.000Z'), z.date(), {
  decode(text, ctx) {
    const parsed = parseTimestamp(text)
    if (parsed) return parsed.instant
    ctx.issues.push({ code: 'custom', input: text, params: fault('timestamp_invalid', lostPlus(text)) })
    return z.NEVER
  },
  encode: (instant) => instant.toISOString(),
})

/** As Timestamp, for requests only: keeps the offset that the caller wrote, `+00:00` for `Z`. */
export const TimestampWithOffset = z.codec(
  timestampText('2024-11-25T22:30:00+08:00'),
  z.object({ instant: z.date(), offset: z.string() }),
  {
    decode(text, ctx) {
      const parsed = parseTimestamp(text)
      if (parsed) return parsed
      ctx.issues.push({ code: 'custom', input: text, params: fault('timestamp_invalid', lostPlus(text)) })
      return z.NEVER
    },
    encode: ({ instant, offset }) => formatTimestamp(instant, offset),
  },
)
export type TimestampWithOffset = z.output<typeof TimestampWithOffset>

/** A calendar day, `YYYY-MM-DD`; text inside as well, since a day has no instant without a place. */
export const LocalDate = z
  .string()
  .check((ctx) => {
    if (!parseLocalDate(ctx.value)) {
      ctx.issues.push({ code: 'custom', input: ctx.value, params: fault('date_invalid') })
    }
  })
  .meta({ format: 'date', maxLength: 10, examples: ['2024-11-25'] })

// A lone surrogate has no UTF-8 form and NUL none in PostgreSQL; the other control characters only hide things.
const control = '\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F'
const lineBreaks = '\\t\\n\\r'
const notInLine = new RegExp(`[${control}${lineBreaks}\\p{Cs}]`, 'u')
const notInNarrative = new RegExp(`[${control}\\p{Cs}]`, 'u')
const linePattern = `^[^${control}${lineBreaks}]*$`
const narrativePattern = `^[^${control}]*$`

function text(minimum: number, maximum: number, refused: RegExp, pattern: string) {
  return z
    .string()
    .normalize('NFC')
    .check((ctx) => {
      const value = ctx.value
      const refuse = (params: Record<string, unknown>) => ctx.issues.push({ code: 'custom', input: value, params })
      const length = value.length > maximum || value.length < minimum * 2 ? codePoints(value) : value.length
      if (length > maximum) refuse(fault('too_long', { maximum }))
      else if (length < minimum || (minimum > 0 && /^[\s\p{Cf}]*$/u.test(value)))
        refuse(fault('too_short', { minimum }))
      if (refused.test(value)) refuse(fault('text_invalid'))
    })
    .meta({ ...(minimum > 0 && { minLength: minimum }), maxLength: maximum, pattern })
}

function codePoints(value: string): number {
  let count = 0
  for (const _ of value) count += 1
  return count
}

/** One line of text, kept as sent but for Unicode form (NFC); lengths in code points, never only blanks where required. */
export const Text = (minimum: number, maximum: number) => text(minimum, maximum, notInLine, linePattern)

/** As Text, with line breaks and tabs. */
export const Narrative = (minimum = 1, maximum = 20_000) => text(minimum, maximum, notInNarrative, narrativePattern)

/** A query parameter of comma-separated values, such as `severity=high,critical`. */
export function CommaList<Item extends z.ZodType<unknown, string>>(item: Item, maximum: number) {
  return z.codec(z.string(), z.array(item).min(1).max(maximum), {
    decode: (given) => given.split(',') as z.input<Item>[],
    encode: (items) => items.join(','),
  })
}

/** A whole number in a query parameter: decimal digits only, so neither `1e2` nor ` 5` nor `007`. */
export function IntegerParam(minimum: number, maximum: number) {
  return z.codec(z.string(), z.int().min(minimum).max(maximum), {
    decode(given, ctx) {
      if (/^(0|[1-9]\d{0,15})$/.test(given)) return Number(given)
      ctx.issues.push({ code: 'custom', input: given, params: fault('wrong_type', { expected: 'int' }) })
      return z.NEVER
    },
    encode: String,
  })
}

/** How many items a page holds. */
export const Limit = IntegerParam(1, 200).default(50).meta({ description: 'Items in a page, 1 to 200' })

/** A sealed place in a list, as `cursor.ts` makes it. */
export const Cursor = z
  .string()
  .max(2000)
  .regex(/^[A-Za-z0-9_-]+$/)

/** The header of a conditional GET; read it with `isUnmodified`. */
export const IfNoneMatch = z
  .string()
  .max(2000)
  .regex(/^[ -~]+$/)
  .describe('ETags already held; 304 when one of them is still current')

/** The header of a conditional change; read it with `requireIfMatch`. */
export const IfMatch = z
  .string()
  .max(2000)
  .regex(/^[ -~]+$/)
  .describe('The ETag of the version that is changed; 428 without it, 412 when another version stands')

/** `true` or `false`, spelled so, in a query parameter. */
export const BooleanParam = z.codec(z.enum(['true', 'false']), z.boolean(), {
  decode: (given) => given === 'true',
  encode: (value) => (value ? 'true' : 'false'),
})

/**
 * A list of words that grows: those of today, with a mark that tells clients to expect others. For answers; what a request takes is closed.
 */
export const OpenList = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words).meta({ 'x-extensible-enum': true })

/** The header that makes a POST safe to send again. */
export const IdempotencyKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,128}$/)
  .describe('Makes the post safe to send again for 30 days; belongs to the office')
