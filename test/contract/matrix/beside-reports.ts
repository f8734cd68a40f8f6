import { attachmentOperations } from './attachment-operations.ts'
import type { Operation } from './cells.ts'
import { followUpOperations } from './follow-up-operations.ts'
import { linkOperations } from './link-operations.ts'
import { questionOperations } from './question-operations.ts'
import { releaseOperations } from './release-operations.ts'
import { situationReportOperations } from './situation-report-operations.ts'
import { statisticsOperations } from './statistics-operations.ts'

/** The operations on questions, files, follow-ups, links and situation reports, on what waits and what happened. */
export const operationsBesideReports: Record<string, Operation> = {
  ...attachmentOperations,
  ...followUpOperations,
  ...linkOperations,
  ...questionOperations,
  ...releaseOperations,
  ...situationReportOperations,
  ...statisticsOperations,
}
