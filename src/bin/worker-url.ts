import { assertWorkerLogin } from '../worker/assert-worker-login.ts'
import type { PreparedDatabase } from './prepare.ts'

/**
 * The URL to work with: of the login that was made for it or, with a restricted role, DATABASE_URL itself.
 * @throws WorkerLoginRefused when that is no login of a worker
 */
export async function workerUrlOf({ url, workerUrl }: PreparedDatabase): Promise<string> {
  const chosen = workerUrl ?? url
  await assertWorkerLogin(chosen)
  return chosen
}
