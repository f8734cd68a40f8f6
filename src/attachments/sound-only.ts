import { type FileHandle, open } from 'node:fs/promises'

/** Boxes looked at before the one that lists the tracks, and bytes of that one: far more than a recording has. */
const most = { boxes: 1_000, list: 4 * 1024 * 1024 }

/** What a track of a recording may hold: sound, and notes of the recorder. */
const quiet = new Set(['soun', 'meta', 'text', 'hint'])

/**
 * Whether a file of the ISO base media format (ISO/IEC 14496-12) holds sound and no picture. Voice recorders of phones write
 * the same container as cameras, and often label it alike: only its tracks tell.
 */
export async function isSoundOnly(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const list = await trackList(file)
    const kinds = list === null ? [] : handlersOf(list)
    return kinds.includes('soun') && kinds.every((kind) => quiet.has(kind))
  } finally {
    await file.close()
  }
}

/** The content of `moov`; null where there is none. */
async function trackList(file: FileHandle): Promise<Buffer | null> {
  const { size } = await file.stat()
  for (let at = 0, boxes = 0; at + 8 <= size && boxes < most.boxes; boxes += 1) {
    const { buffer: head } = await file.read(Buffer.alloc(16), 0, 16, at)
    const { type, start, length } = boxAt(head, 0, size - at)
    if (length < start || at + length > size) return null
    if (type === 'moov') {
      if (length > most.list) return null
      const { buffer } = await file.read(Buffer.alloc(length - start), 0, length - start, at + start)
      return buffer
    }
    at += length
  }
  return null
}

/** @param rest bytes from there to the end of what holds the box */
function boxAt(bytes: Buffer, at: number, rest: number): { type: string; start: number; length: number } {
  const type = bytes.toString('latin1', at + 4, at + 8)
  const said = bytes.readUInt32BE(at)
  if (said === 0) return { type, start: 8, length: rest }
  if (said !== 1) return { type, start: 8, length: said }
  // The length stands behind the type, where it takes more than 32 bits.
  return { type, start: 16, length: at + 16 <= bytes.length ? Number(bytes.readBigUInt64BE(at + 8)) : 0 }
}

/** The contents of the boxes of one type, one after the other. */
function boxesIn(bytes: Buffer, wanted: string): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at + 8 <= bytes.length; ) {
    const { type, start, length } = boxAt(bytes, at, bytes.length - at)
    if (length < start || at + length > bytes.length) break
    if (type === wanted) found.push(bytes.subarray(at + start, at + length))
    at += length
  }
  return found
}

/** What each track holds; '' for a track that does not say. */
function handlersOf(list: Buffer): string[] {
  return boxesIn(list, 'trak').map((track) => {
    const [handler] = boxesIn(track, 'mdia').flatMap((media) => boxesIn(media, 'hdlr'))
    return handler?.toString('latin1', 8, 12) ?? ''
  })
}
