import { readFileSync } from 'node:fs'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import type { Issuer } from './access/issuer/grant-token.ts'
import { issuerRoutes } from './access/issuer/routes.ts'
import type { IssuerSettings } from './access/issuers.ts'
import { resourceMetadataRoutes, resourceMetadataUrl } from './access/resource-metadata.ts'
import type { Keys } from './access/signing-keys.ts'
import type { TokenVerifier } from './access/verify-token.ts'
import type { AttachmentFiles } from './attachments/open-files.ts'
import { attachmentRoutes } from './attachments/routes.ts'
import { uploadRoutes } from './attachments/upload-routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { breakGlassRoutes } from './break-glass/routes.ts'
import { classificationRoutes } from './classification/routes.ts'
import { clientRoutes } from './clients/routes.ts'
import type { Database } from './database/database.ts'
import type { ConnectionPool } from './database/pool.ts'
import { electionRoutes } from './elections/routes.ts'
import { eventRoutes } from './events/routes.ts'
import type { WaitingRoom } from './events/waiting-room.ts'
import { reportFollowUpRoutes } from './follow-ups/report-routes.ts'
import { followUpRoutes } from './follow-ups/routes.ts'
import { authenticate } from './http/authenticate.ts'
import { bodyParser } from './http/body-parser.ts'
import { documentation } from './http/contract/documentation.ts'
import { type ContractOptions, contract } from './http/contract/plugin.ts'
import { crossOrigin } from './http/cross-origin.ts'
import { errorHandlers } from './http/error-handlers.ts'
import { lastAnswers } from './http/last-answers.ts'
import { problemPages } from './http/problem-pages.ts'
import { RateLimits, type RateQuotas } from './http/rate-limits.ts'
import { requestLog } from './http/request-log.ts'
import { serverOptions } from './http/server-options.ts'
import { inboxRoutes } from './inbox/routes.ts'
import { incidentTypeRoutes } from './incident-types/routes.ts'
import { catalogRoutes, liaisonRoutes } from './liaison/routes.ts'
import { linkRoutes } from './links/routes.ts'
import { meRoutes } from './me/routes.ts'
import { officeRoutes } from './offices/routes.ts'
import { operationRoutes } from './operations/routes.ts'
import { questionRoutes } from './questions/routes.ts'
import type { Reference } from './reference/store.ts'
import { positionRoutes } from './regions/position-routes.ts'
import { regionRoutes } from './regions/routes.ts'
import { agencyReleaseRoutes } from './releases/agency-routes.ts'
import { releaseLifeRoutes } from './releases/life-routes.ts'
import { releaseListRoutes } from './releases/list-routes.ts'
import { reportReleaseRoutes } from './releases/report-routes.ts'
import { reportingStatusRoutes } from './reporting-status/routes.ts'
import { batchRoutes } from './reports/batch-routes.ts'
import { correctionRoutes } from './reports/correction-routes.ts'
import { reportLifeRoutes } from './reports/life-routes.ts'
import type { ReportSettings } from './reports/new-report.ts'
import { reportRoutes } from './reports/routes.ts'
import { situationReportRoutes } from './situation-reports/routes.ts'
import type { StatisticsSettings } from './statistics/hide-small.ts'
import { statisticsRoutes } from './statistics/routes.ts'
import { vocabularyRoutes } from './vocabularies/routes.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** What the operations of the contract are about, in the order of the reference. */
const tags = [
  { name: 'reports', description: 'ATHG reports of Kesbangpol offices, classified by election stage and region' },
  { name: 'questions', description: 'What a level above asks the office that posted a report, and its answers' },
  { name: 'inbox', description: 'What waits for an office' },
  { name: 'events', description: 'What happened, in one order for all who follow' },
  { name: 'follow-ups', description: 'Tindak lanjut, RTL: who does what until when, on a report or standing alone' },
  { name: 'releases', description: 'What agencies receive of reports: copies of what was approved, nothing else' },
  { name: 'liaison', description: 'What outside tools find here, and which outlets they may use' },
  { name: 'attachments', description: 'Files of reports: photos, documents, recordings' },
  {
    name: 'situation-reports',
    description: 'What each office owes by day, week and month (LAPSITDA), and who has reported or is silent',
  },
  { name: 'statistics', description: 'How many reports, by region, stage, kind and time' },
  { name: 'reference', description: 'Regions, elections, their stages, and the taxonomy of incidents' },
  { name: 'access', description: 'Who is calling, and which offices there are' },
  { name: 'tokens', description: 'Access tokens: how a client gets one, and whose are believed' },
  {
    name: 'clients',
    description: 'The programs that call: where they belong, what they may, how they prove themselves',
  },
  { name: 'audit', description: 'Who did and read what' },
  { name: 'operations', description: 'Whether the service is alive and ready' },
]

/** Who may come near, and how often. */
export interface EdgeSettings {
  rateQuotas: RateQuotas
  /** Origins whose pages may call from a browser. */
  corsOrigins: readonly string[]
  /** Addresses and networks whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[]
}

/** Everything that the application stands on; whoever starts it makes and closes them. */
export interface Services {
  pool: ConnectionPool
  db: Database<Reference>
  verifier: TokenVerifier
  issuers: IssuerSettings
  /** The built-in issuer, unless it is off. */
  issuer: Issuer | null
  keys: Pick<Keys, 'cursorKey'>
  clock: () => Date
  reportSettings: ReportSettings
  statisticsSettings: StatisticsSettings
  edge: EdgeSettings
  files: AttachmentFiles
  /** Where requests wait for events. */
  room: WaitingRoom
  logger: FastifyBaseLogger
}

/** The whole application, in the order in which a request meets it. */
export async function createApp(services: Services, options: ContractOptions = {}) {
  const { pool, db, verifier, issuers, issuer, keys, clock, reportSettings, statisticsSettings } = services
  const { edge, files, room, logger } = services
  const { cursorKey } = keys
  const app = Fastify({ ...serverOptions, trustProxy: trusted(edge), loggerInstance: logger })
  await app.register(requestLog)
  await app.register(lastAnswers)
  await app.register(errorHandlers, { resourceMetadata: resourceMetadataUrl(issuers.publicUrl) })
  await app.register(crossOrigin, { origins: edge.corsOrigins })
  await app.register(bodyParser)
  await app.register(authenticate, { verifier, db, clock, limits: new RateLimits(edge.rateQuotas) })
  await app.register(contract, options)
  await app.register(documentation, { version, tags })
  await app.register(problemPages)
  await app.register(operationRoutes, { pool })
  await app.register(resourceMetadataRoutes, { settings: issuers })
  await app.register(catalogRoutes, { settings: issuers })
  if (issuer) await app.register(issuerRoutes, { issuer, clock })
  const prefix = '/v1'
  await app.register(meRoutes, { prefix })
  await app.register(officeRoutes, { prefix })
  await app.register(breakGlassRoutes, { prefix, cursorKey })
  await app.register(clientRoutes, { prefix, cursorKey })
  await app.register(regionRoutes, { prefix, cursorKey })
  await app.register(positionRoutes, { prefix })
  await app.register(electionRoutes, { prefix })
  await app.register(classificationRoutes, { prefix })
  await app.register(incidentTypeRoutes, { prefix })
  await app.register(vocabularyRoutes, { prefix })
  await app.register(auditRoutes, { prefix, cursorKey })
  await app.register(reportRoutes, { prefix, cursorKey, settings: reportSettings })
  await app.register(batchRoutes, { prefix, settings: reportSettings })
  await app.register(correctionRoutes, { prefix, cursorKey, settings: reportSettings })
  await app.register(reportLifeRoutes, { prefix, settings: reportSettings })
  await app.register(questionRoutes, { prefix, cursorKey })
  await app.register(inboxRoutes, { prefix, cursorKey })
  await app.register(liaisonRoutes, { prefix })
  await app.register(releaseListRoutes, { prefix, cursorKey })
  await app.register(eventRoutes, { prefix, room })
  await app.register(reportFollowUpRoutes, { prefix, cursorKey })
  await app.register(followUpRoutes, { prefix, cursorKey })
  await app.register(linkRoutes, { prefix, cursorKey })
  await app.register(attachmentRoutes, { prefix, files, cursorKey })
  await app.register(uploadRoutes, { prefix, files })
  await app.register(reportReleaseRoutes, { prefix, files, cursorKey })
  await app.register(releaseLifeRoutes, { prefix, files })
  await app.register(agencyReleaseRoutes, { prefix, files })
  await app.register(situationReportRoutes, { prefix, cursorKey })
  await app.register(reportingStatusRoutes, { prefix })
  await app.register(statisticsRoutes, { prefix, settings: statisticsSettings })
  return app
}

function trusted({ trustedProxies }: EdgeSettings): string[] | false {
  return trustedProxies.length > 0 && [...trustedProxies]
}
