import { type DownloadAttachment, downloadAttachment } from './attachments/download-attachment.ts'
import { type UploadAttachment, uploadAttachment } from './attachments/upload-attachment.ts'
import { type ContractClient, createContractClient } from './client.ts'
import { type FollowEvents, followEvents } from './events/follow-events.ts'
import { type GetMe, getMe } from './me.ts'
import { createPages, type Pages } from './pages.ts'
import { type SubmitBatch, submitBatch } from './reports/submit-batch.ts'
import { type Submit, submitReport } from './reports/submit-report.ts'
import { type Settings, settingsOf, type WaspadaOptions } from './settings.ts'
import { ClientCredentialsTokens } from './tokens/client-credentials.ts'
import type { Credentials } from './tokens/credentials.ts'
import { givenTokens, type TokenSource } from './tokens/token-source.ts'
import { createTransport } from './transport/transport.ts'

/** A service of Waspada, as one client of it sees it. */
export interface Waspada extends ContractClient, Pages {
  me: GetMe
  reports: { submit: Submit; submitBatch: SubmitBatch }
  attachments: { upload: UploadAttachment; download: DownloadAttachment }
  events: { follow: FollowEvents }
}

/** @throws TypeError for settings that cannot be; nothing is sent before the first call */
export function createWaspada(options: WaspadaOptions): Waspada {
  const settings = settingsOf(options)
  const { clock } = settings.surroundings
  const transport = createTransport(settings, tokensOf(settings, options.credentials))
  const client = createContractClient(settings, transport)
  return {
    ...client,
    ...createPages(client, clock),
    me: getMe(client, clock),
    reports: { submit: submitReport(client, clock), submitBatch: submitBatch(client, clock) },
    attachments: {
      upload: uploadAttachment({ client, transport, settings }),
      download: downloadAttachment(client, settings),
    },
    events: { follow: followEvents(client, settings) },
  }
}

function tokensOf(settings: Settings, credentials: Credentials): TokenSource {
  return 'token' in credentials ? givenTokens(credentials.token) : new ClientCredentialsTokens(settings, credentials)
}
