import { fileTypeFromFile } from 'file-type'
import { isSoundOnly } from './sound-only.ts'
import { type MediaType, mediaTypes } from './vocabulary.ts'

/** Other names of what is taken. */
const aliases: Record<string, MediaType> = {
  'audio/x-m4a': 'audio/mp4',
  'audio/opus': 'audio/ogg',
  'audio/vnd.wave': 'audio/wav',
  'image/heif': 'image/heic',
}

/** What is a recording where it holds sound alone. */
const containers = new Set(['video/mp4', 'video/3gpp'])

/** What a file is by its bytes, whatever it calls itself; null for what is not taken. */
export async function sniff(path: string): Promise<MediaType | null> {
  const found = await fileTypeFromFile(path)
  const name = found?.mime.split(';')[0] ?? ''
  if (containers.has(name)) return (await isSoundOnly(path)) ? 'audio/mp4' : null
  const type = aliases[name] ?? name
  return mediaTypes.find((taken) => taken === type) ?? null
}
