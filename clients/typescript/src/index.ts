export type { Attachment, DownloadOptions } from './attachments/download-attachment.ts'
export type { SourceFile } from './attachments/source-file.ts'
export type { UploadOptions } from './attachments/upload-attachment.ts'
export { fileUploadStore, memoryUploadStore, type UploadStore } from './attachments/upload-store.ts'
export type { components, operations, paths } from './contract.ts'
export { createWaspada, type Waspada } from './create-waspada.ts'
export {
  CredentialsError,
  FileRefusedError,
  PositionGoneError,
  type Problem,
  ProblemError,
  UnreachableError,
  type Upload,
  WaspadaError,
} from './errors.ts'
export type { Event, FollowOptions } from './events/follow-events.ts'
export { filePositionStore, type PositionStore } from './events/position-store.ts'
export type { GetMe } from './me.ts'
export type { ItemOf, PagedPath, PageOf, PageOptions, PageParams } from './pages.ts'
export type { BatchItem, BatchOptions, BatchResult } from './reports/submit-batch.ts'
export type { Report, Submit, SubmitOptions, SubmitReport, Submitted } from './reports/submit-report.ts'
export type { WaspadaOptions } from './settings.ts'
export type { Credentials, KeyCredentials, SecretCredentials } from './tokens/credentials.ts'
export type { CallOptions } from './transport/call.ts'
