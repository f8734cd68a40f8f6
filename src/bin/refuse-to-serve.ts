import type pg from 'pg'
import { findMisgrantedClients } from '../access/find-misgranted-clients.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import { assertSchemaCurrent, SchemaError } from '../database/migrate.ts'
import { findServingFaults } from '../database/serving-checks.ts'
import { findConfigFaults } from './config-faults.ts'

/** The database, its server or its login is not as it must be for serving. The message names every fault, and what to do. */
export class ServingRefused extends Error {
  constructor(faults: readonly string[]) {
    super(listed(faults))
  }
}

function listed(faults: readonly string[]): string {
  return `The service does not start:\n${faults.map((fault) => `  - ${fault}.`).join('\n')}`
}

/**
 * Refuses settings that would serve, but not safely. Before anything is opened or changed.
 * @param warn told what should be mended soon
 * @throws ConfigError naming every fault
 */
export async function refuseConfig(config: Config, warn: (warning: string) => void): Promise<void> {
  const { faults, warnings } = await findConfigFaults(config)
  if (faults.length > 0) throw new ConfigError(listed(faults))
  warnings.forEach(warn)
}

/**
 * Refuses to serve on a database that would not hold what it promises.
 * @param pool connected with the very login that requests will use
 * @param warn told what should be mended soon
 * @throws ServingRefused
 */
export async function refuseToServe(pool: pg.Pool, warn: (warning: string) => void): Promise<void> {
  const { faults, warnings } = await findServingFaults(pool)
  const stale = await schemaFault(pool)
  const clients = stale === undefined ? await findMisgrantedClients(pool) : []
  const all = [...faults, ...(stale === undefined ? [] : [stale]), ...clients]
  if (all.length > 0) throw new ServingRefused(all)
  warnings.forEach(warn)
}

async function schemaFault(pool: pg.Pool): Promise<string | undefined> {
  try {
    await assertSchemaCurrent(pool)
    return undefined
  } catch (error) {
    if (error instanceof SchemaError) return error.message
    if ((error as pg.DatabaseError).code === insufficientPrivilege) {
      return 'The login may not read which migrations are applied. Grant it the roles of Waspada, and ALTER ROLE ... SET role TO waspada_service'
    }
    throw error
  }
}

const insufficientPrivilege = '42501'
