import { resolve } from 'node:path'
import { z } from 'zod'
import type { OutsideIssuer } from './access/trusted-issuers.ts'
import {
  AttachmentEnvironment,
  type AttachmentSettings,
  attachmentFaults,
  attachmentSettings,
} from './attachments/settings.ts'
import { ConfigError } from './config-error.ts'
import { BrowserOrigin, IssuerList, listOf, Network, PublicUrl, wholeNumber } from './config-values.ts'
import { type Deadlines, parseDeadlines } from './reports/deadlines.ts'

const deadlineHelp = 'must be hours by urgency, also at one level, such as routine=72,flash=1,national.flash=2'

const Environment = z.object({
  NODE_ENV: z.string().optional(),
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  WASPADA_DATA_DIR: z.string().min(1).default('.waspada'),
  PG_BIN_DIR: z.string().min(1).optional(),
  WASPADA_POOL_SIZE: wholeNumber(1, 500).default(10),
  WASPADA_ISSUER: z.string().min(1).default('urn:waspada:issuer'),
  WASPADA_AUDIENCE: z.string().regex(/\S/, 'must not be blank').default('urn:waspada:api'),
  WASPADA_PUBLIC_URL: PublicUrl.optional(),
  WASPADA_BUILT_IN_ISSUER: z.enum(['on', 'off']).default('on'),
  WASPADA_TRUSTED_ISSUERS: IssuerList.default([]),
  WASPADA_TOKEN_LIFETIME: wholeNumber(60, 3600).default(900),
  WASPADA_LATE_AFTER_HOURS: wholeNumber(1, 8760).default(24),
  WASPADA_SMALLEST_COUNT: wholeNumber(1, 1000).default(5),
  WASPADA_DEADLINES: z
    .string()
    .default('')
    .transform((text, ctx) => {
      const deadlines = parseDeadlines(text)
      if (deadlines) return deadlines
      ctx.issues.push({ code: 'custom', input: text, message: deadlineHelp })
      return z.NEVER
    }),
  WASPADA_RATE_LIMIT: wholeNumber(0, 1_000_000).default(3000),
  WASPADA_RATE_LIMIT_UNAUTHENTICATED: wholeNumber(0, 1_000_000).default(120),
  WASPADA_TRUSTED_PROXIES: listOf(Network).default([]),
  WASPADA_CORS_ORIGINS: listOf(BrowserOrigin).default([]),
  WASPADA_WORKER: z.enum(['on', 'off']).default('on'),
  WASPADA_EVENTS_RETENTION_DAYS: wholeNumber(0, 36_500)
    .refine((days) => days === 0 || days >= 30, 'must be 0 (for ever) or at least 30')
    .default(0),
  ...AttachmentEnvironment.shape,
  WASPADA_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})

/** Everything the environment decides, parsed once by `bin/`; no other folder reads the environment. */
export interface Config {
  /** NODE_ENV=production: settings that only suit a trial refuse the start. */
  production: boolean
  port: number
  host: string
  /** A PostgreSQL of the operator's; null means the embedded one. */
  databaseUrl: string | null
  /** Absolute path of the folder that holds the embedded data and the signing keys. */
  dataDir: string
  /** Folder of other PostgreSQL binaries for the embedded server. */
  postgresBinaries: string | null
  /** Database connections at most. */
  poolSize: number
  /** Scheme, host and port by which callers reach the service; the built-in issuer's name on the wire. */
  publicUrl: string
  /** `iss` of tokens from the console. */
  issuer: string
  audience: string
  /** Whether tokens of our own are given and believed. */
  builtInIssuer: boolean
  /** Outside issuers whose tokens are believed. */
  trustedIssuers: OutsideIssuer[]
  /** Seconds that a token from the token endpoint lives. */
  tokenLifetime: number
  /** A report received later than this many hours after the incident is flagged `late`. */
  lateAfterHours: number
  /** Agencies are told no count below it. */
  smallestCount: number
  /** Hours within which the holding level acts on a report. */
  deadlines: Deadlines
  /** Requests a minute of one client, and from one address without a token that holds; null is no limit. */
  rateQuotas: { client: number | null; unauthenticated: number | null }
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[]
  /** Origins whose pages may call from a browser. */
  corsOrigins: string[]
  /** Whether the process that serves also does the work in the background. */
  worker: boolean
  /** Days that events stay in the log that readers follow; null is for ever. */
  eventsRetentionDays: number | null
  /** Where files of reports are kept, and how they are checked. */
  attachments: AttachmentSettings
  logLevel: string
}

/** @throws ConfigError naming every variable that cannot be used. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = Environment.safeParse(set)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigError(faults.join('; '))
  }
  const env = parsed.data
  const publicUrl = env.WASPADA_PUBLIC_URL ?? `http://localhost:${env.PORT}`
  refuseIssuers(env, publicUrl)
  const halves = attachmentFaults(env)
  if (halves.length > 0) throw new ConfigError(halves.join('; '))
  return {
    production: env.NODE_ENV === 'production',
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: resolve(env.WASPADA_DATA_DIR),
    postgresBinaries: env.PG_BIN_DIR ?? null,
    poolSize: env.WASPADA_POOL_SIZE,
    publicUrl,
    issuer: env.WASPADA_ISSUER,
    audience: env.WASPADA_AUDIENCE,
    builtInIssuer: env.WASPADA_BUILT_IN_ISSUER === 'on',
    trustedIssuers: env.WASPADA_TRUSTED_ISSUERS,
    tokenLifetime: env.WASPADA_TOKEN_LIFETIME,
    lateAfterHours: env.WASPADA_LATE_AFTER_HOURS,
    smallestCount: env.WASPADA_SMALLEST_COUNT,
    deadlines: env.WASPADA_DEADLINES,
    rateQuotas: {
      client: env.WASPADA_RATE_LIMIT || null,
      unauthenticated: env.WASPADA_RATE_LIMIT_UNAUTHENTICATED || null,
    },
    trustedProxies: env.WASPADA_TRUSTED_PROXIES,
    corsOrigins: env.WASPADA_CORS_ORIGINS,
    worker: env.WASPADA_WORKER === 'on',
    eventsRetentionDays: env.WASPADA_EVENTS_RETENTION_DAYS || null,
    attachments: attachmentSettings(env, env.WASPADA_DATA_DIR),
    logLevel: env.WASPADA_LOG_LEVEL,
  }
}

function refuseIssuers(env: z.output<typeof Environment>, publicUrl: string): void {
  const issuers = env.WASPADA_TRUSTED_ISSUERS.map(({ issuer }) => issuer)
  const ours = [env.WASPADA_ISSUER, publicUrl].find((name) => issuers.includes(name))
  if (ours !== undefined) throw new ConfigError(`WASPADA_TRUSTED_ISSUERS: ${ours} is the built-in issuer`)
  if (env.WASPADA_BUILT_IN_ISSUER === 'off' && issuers.length === 0)
    throw new ConfigError(
      'WASPADA_BUILT_IN_ISSUER: with the built-in issuer off, WASPADA_TRUSTED_ISSUERS must name another',
    )
}
