import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { OutsideIssuers } from './access/trusted-issuers.ts'

// The kinds of values that settings take, each with the words of its refusal.

export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum))

export const listOf = <Item extends z.ZodType<string, string>>(item: Item) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(item).min(1))

export const BrowserOrigin = z
  .string()
  .refine(isOrigin, 'must be https origins such as https://dasbor.example.go.id, separated by commas')
const networkHelp = 'must be addresses or networks such as 10.0.0.0/8, separated by commas'
export const Network = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: networkHelp })
  .refine((text) => !text.endsWith('/0'), 'must not be everybody: whoever is trusted may say any address')

/** Exactly as a browser would send it; http only from the machine itself, where pages are made. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, origin } = new URL(text)
  if (origin !== text || hostname.includes('*')) return false
  return protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost')
}

/** An address of this service is its scheme, host and port: metadata is looked for at the root of the host. */
export const PublicUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((text) => new URL(text))
  .refine((url) => url.href === `${url.origin}/`, 'must be a scheme, a host and a port, and nothing more')
  .transform((url) => url.origin)

/** A list in place, or the path of a file that holds it. */
export const IssuerList = z.string().transform((given, ctx) => {
  try {
    const text = given.trimStart().startsWith('[') ? given : readFileSync(given, 'utf8')
    const parsed = OutsideIssuers.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    const faults = parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(' '))
    ctx.issues.push({ code: 'custom', input: given, message: faults.join(', ') })
  } catch (error) {
    const unread = error instanceof SyntaxError ? 'is not JSON' : `names a file that cannot be read (${error})`
    ctx.issues.push({ code: 'custom', input: given, message: unread })
  }
  return z.NEVER
})
