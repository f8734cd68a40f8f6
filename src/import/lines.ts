import type { Readable } from 'node:stream'

const feed = 0x0a

/** A line of a file in UTF-8; null where it is none, or longer than it may be. */
export type Line = { text: string } | { text: null; fault: string }

/**
 * Lines as NDJSON has them: they end at a line feed and at nothing else, since a text may hold what else looks like the end of
 * one. Of a line that is too long no more than that is kept.
 * @param longest bytes of a line
 */
export async function* linesOf(bytes: Readable, longest: number): AsyncGenerator<Line> {
  let parts: Buffer[] = []
  let length = 0
  const take = (part: Buffer) => {
    length += part.length
    if (length <= longest) parts.push(part)
    else parts = []
  }
  const ended = (): Line => {
    const line = length > longest ? tooLong(longest) : lineOf(Buffer.concat(parts))
    parts = []
    length = 0
    return line
  }
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(feed); end >= 0; end = chunk.indexOf(feed, start)) {
      take(chunk.subarray(start, end))
      yield ended()
      start = end + 1
    }
    take(chunk.subarray(start))
  }
  if (length > 0) yield ended()
}

function lineOf(bytes: Buffer): Line {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { text: null, fault: 'is not UTF-8' }
  }
}

function tooLong(longest: number): Line {
  return { text: null, fault: `is longer than ${longest / 1024} kB` }
}
