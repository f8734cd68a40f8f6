import { fileTypeFromFile } from 'file-type'
import { type MediaType, mediaTypes } from './vocabulary.ts'

/** Other names of what is taken. */
const aliases: Record<string, MediaType> = {
  'audio/x-m4a': 'audio/mp4',
  'audio/opus': 'audio/ogg',
  'audio/vnd.wave': 'audio/wav',
  'image/heif': 'image/heic',
}

/** What a file is by its bytes, whatever it calls itself; null for what is not taken. */
export async function sniff(path: string): Promise<MediaType | null> {
  const found = await fileTypeFromFile(path)
  const name = found?.mime.split(';')[0] ?? ''
  const type = aliases[name] ?? name
  return mediaTypes.find((taken) => taken === type) ?? null
}
