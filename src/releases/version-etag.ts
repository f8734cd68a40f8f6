import { createHash } from 'node:crypto'
import { etagOf } from '../http/etag.ts'
import type { ReleaseVersionRow } from './version-queries.ts'

type Tagged = Pick<ReleaseVersionRow, 'releaseId' | 'version' | 'status' | 'content'> & { reportStands: number }

/**
 * The strong ETag of a version. Of a proposal it names what was copied and the version of the report as it stands: whoever agrees
 * to it has seen both.
 */
export function versionEtag({ releaseId, version, status, content, reportStands }: Tagged): string {
  if (status !== 'proposed') return etagOf(releaseId, version)
  const digest = createHash('sha256')
    .update(JSON.stringify([content, reportStands]))
    .digest('hex')
    .slice(0, 16)
  return `"${releaseId}.${version}.${digest}"`
}

/** If-Match as far as it says which versions: taking back must not wait for whoever agreed, or corrected the report, meanwhile. */
export function versionsIn(ifMatch: string): string {
  return ifMatch.replaceAll(/\.[0-9a-f]{16}"/g, '"')
}
