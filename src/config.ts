import { resolve } from 'node:path'
import { z } from 'zod'

/** A setting that cannot be used. The message names the variable and says what it takes. */
export class ConfigError extends Error {}

const signatureAlgorithms = ['ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'] as const

const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum))

const listOf = <Item extends z.ZodType<string, string>>(item: Item) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(item).min(1))

const Origin = z
  .string()
  .refine(isOrigin, 'must be https origins such as https://dasbor.example.go.id, separated by commas')
const networkHelp = 'must be addresses or networks such as 10.0.0.0/8, separated by commas'
const Network = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: networkHelp })
  .refine((text) => !text.endsWith('/0'), 'must not be everybody: whoever is trusted may say any address')

/** Exactly as a browser would send it; http only from the machine itself, where pages are made. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, origin } = new URL(text)
  if (origin !== text || hostname.includes('*')) return false
  return protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost')
}

/** What the tokens of the built-in issuer say in `iss`, unless it is given another name. */
export const builtInIssuer = 'urn:waspada:issuer'

const Environment = z.object({
  NODE_ENV: z.string().optional(),
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  WASPADA_DATA_DIR: z.string().min(1).default('.waspada'),
  PG_BIN_DIR: z.string().min(1).optional(),
  WASPADA_POOL_SIZE: wholeNumber(1, 500).default(10),
  WASPADA_ISSUER: z.string().min(1).default(builtInIssuer),
  WASPADA_AUDIENCE: z.string().min(1).default('urn:waspada:api'),
  WASPADA_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  WASPADA_JWT_ALGORITHMS: listOf(z.enum(signatureAlgorithms)).default(['ES256']),
  WASPADA_LATE_AFTER_HOURS: wholeNumber(1, 8760).default(24),
  WASPADA_RATE_LIMIT: wholeNumber(0, 1_000_000).default(3000),
  WASPADA_RATE_LIMIT_UNAUTHENTICATED: wholeNumber(0, 1_000_000).default(120),
  WASPADA_TRUSTED_PROXIES: listOf(Network).default([]),
  WASPADA_CORS_ORIGINS: listOf(Origin).default([]),
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
  issuer: string
  audience: string
  /** Key set of an outside issuer; null means the built-in issuer. */
  jwksUrl: string | null
  algorithms: string[]
  /** A report received later than this many hours after the incident is flagged `late`. */
  lateAfterHours: number
  /** Requests a minute of one client, and from one address without a token that holds; null is no limit. */
  rateQuotas: { client: number | null; unauthenticated: number | null }
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[]
  /** Origins whose pages may call from a browser. */
  corsOrigins: string[]
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
  return {
    production: env.NODE_ENV === 'production',
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: resolve(env.WASPADA_DATA_DIR),
    postgresBinaries: env.PG_BIN_DIR ?? null,
    poolSize: env.WASPADA_POOL_SIZE,
    issuer: env.WASPADA_ISSUER,
    audience: env.WASPADA_AUDIENCE,
    jwksUrl: env.WASPADA_JWKS_URL ?? null,
    algorithms: env.WASPADA_JWT_ALGORITHMS,
    lateAfterHours: env.WASPADA_LATE_AFTER_HOURS,
    rateQuotas: {
      client: env.WASPADA_RATE_LIMIT || null,
      unauthenticated: env.WASPADA_RATE_LIMIT_UNAUTHENTICATED || null,
    },
    trustedProxies: env.WASPADA_TRUSTED_PROXIES,
    corsOrigins: env.WASPADA_CORS_ORIGINS,
    logLevel: env.WASPADA_LOG_LEVEL,
  }
}
