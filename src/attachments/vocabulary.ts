/** What a file may be, told by its bytes. */
export const mediaTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/heic',
  'application/pdf',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/wav',
  'audio/aac',
  'audio/amr',
] as const
export type MediaType = (typeof mediaTypes)[number]

/** Bytes: 25 MiB. */
export const mostBytes = 26_214_400

export const uploadStatuses = ['receiving', 'checking', 'added', 'refused'] as const
/** Why a file is not kept. */
export const refusals = ['digest', 'type', 'infected'] as const
export type Refusal = (typeof refusals)[number]
