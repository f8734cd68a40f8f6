import { inflateRawSync } from 'node:zlib'
import type { LightMyRequestResponse } from 'fastify'

/** What stands out in a text: words of the canaries, ids, moments, and numbers as long as ours. */
const traces = [
  /kenari\w+/gi,
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi,
  /\b\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g,
  /(?<![\w.-])\d{6,}(?![\w.-])/g,
  /(?<![\w.-])\d+\.\d{3,}(?![\w.-])/g,
]

export function tracesIn(text: string): Set<string> {
  return new Set(traces.flatMap((pattern) => text.match(pattern) ?? []).map((found) => found.toLowerCase()))
}

/** All that came back, as one text: status line and headers, and the body as it is and unpacked. */
export function textOf({ headers, rawPayload }: LightMyRequestResponse): string {
  const { date: _date, 'strict-transport-security': _always, ...others } = headers
  const isText = /json|text/.test(String(headers['content-type']))
  return [JSON.stringify(others), rawPayload.toString(isText ? 'utf8' : 'latin1'), ...unpacked(rawPayload)].join('\n')
}

/** The parts of a workbook, which is a ZIP: by its list of contents, which stands at the end (APPNOTE 4.3). */
function unpacked(bytes: Buffer): string[] {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0 || bytes.subarray(0, 2).toString('latin1') !== 'PK') return []
  const texts: string[] = []
  let entry = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [packed, name, extra, comment] = [20, 28, 30, 32].map((at) =>
      at === 20 ? bytes.readUInt32LE(entry + at) : bytes.readUInt16LE(entry + at),
    ) as [number, number, number, number]
    const local = bytes.readUInt32LE(entry + 42)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const content = bytes.subarray(start, start + packed)
    const isStored = bytes.readUInt16LE(entry + 10) === 0
    texts.push((isStored ? content : inflateRawSync(content)).toString('utf8'))
    entry += 46 + name + extra + comment
  }
  return texts
}
