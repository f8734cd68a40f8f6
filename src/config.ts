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

const Environment = z.object({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  WASPADA_DATA_DIR: z.string().min(1).default('.waspada'),
  PG_BIN_DIR: z.string().min(1).optional(),
  WASPADA_POOL_SIZE: wholeNumber(1, 500).default(10),
  WASPADA_ISSUER: z.string().min(1).default('urn:waspada:issuer'),
  WASPADA_AUDIENCE: z.string().min(1).default('urn:waspada:api'),
  WASPADA_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  WASPADA_JWT_ALGORITHMS: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(signatureAlgorithms)).min(1))
    .default(['ES256']),
  WASPADA_LATE_AFTER_HOURS: wholeNumber(1, 8760).default(24),
  WASPADA_WORKER: z.enum(['on', 'off']).default('on'),
  WASPADA_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})

/** Everything the environment decides, parsed once by `bin/`; no other folder reads the environment. */
export interface Config {
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
  /** Whether the process that serves also does the work in the background. */
  worker: boolean
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
    worker: env.WASPADA_WORKER === 'on',
    logLevel: env.WASPADA_LOG_LEVEL,
  }
}
