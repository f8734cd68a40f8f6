import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { sniff } from '../../src/attachments/sniff.ts'

function box(type: string, ...content: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(content.map((one) => (typeof one === 'string' ? Buffer.from(one, 'latin1') : one)))
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length + 8)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}
const brand = (name: string) => box('ftyp', name, '\0\0\0\0', name, 'isom')
const track = (kind: string) =>
  box('trak', box('tkhd', Buffer.alloc(84)), box('mdia', box('hdlr', '\0'.repeat(8), kind, '\0'.repeat(13))))
const tracks = (...kinds: string[]) => box('moov', box('mvhd', Buffer.alloc(100)), ...kinds.map(track))
const sound = box('mdat', Buffer.alloc(5_000, 1))
/** With its length in 64 bits, as recorders that do not know it beforehand write it. */
const longSound = Buffer.concat([
  Buffer.from([0, 0, 0, 1]),
  Buffer.from('mdat'),
  Buffer.from([0, 0, 0, 0, 0, 0, 0x10, 0]),
  Buffer.alloc(4080),
])

t.test('sound is taken by its tracks, whatever the phone calls its container, and video is not', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'waspada-sniff-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const files: [string, string | null, Buffer][] = [
    ['a recorder of Android, tracks at the end', 'audio/mp4', Buffer.concat([brand('mp42'), sound, tracks('soun')])],
    ['tracks at the start', 'audio/mp4', Buffer.concat([brand('isom'), tracks('soun'), sound])],
    ['3GPP', 'audio/mp4', Buffer.concat([brand('3gp4'), longSound, tracks('soun', 'meta')])],
    ['an iPhone', 'audio/mp4', Buffer.concat([brand('M4A '), sound, tracks('soun')])],
    ['a video', null, Buffer.concat([brand('mp42'), sound, tracks('vide', 'soun')])],
    ['a video without sound', null, Buffer.concat([brand('isom'), tracks('vide'), sound])],
    ['tracks of no kind', null, Buffer.concat([brand('mp42'), tracks('soun', '\0\0\0\0')])],
    ['no tracks', null, Buffer.concat([brand('mp42'), sound])],
    ['cut off before its tracks', null, Buffer.concat([brand('mp42'), sound, tracks('soun')]).subarray(0, 3_000)],
    ['boxes of no length', null, Buffer.concat([brand('mp42'), Buffer.from([0, 0, 0, 2]), Buffer.from('free')])],
    ['a million boxes', null, Buffer.concat([brand('mp42'), ...Array(100_000).fill(box('free')), tracks('soun')])],
  ]
  for (const [name, expected, bytes] of files) {
    const path = join(folder, 'berkas')
    await writeFile(path, bytes)
    t.equal(await sniff(path), expected, name)
  }
})
