import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { csvText } from '../src/clients/csv-text.ts'
import { narrative, subjects } from './texts.ts'

const header = [
  ...[
    'clientReference',
    'product',
    'athg',
    'domain',
    'incidentType',
    'phase',
    'severity',
    'subject',
    'facts',
    'analysis',
  ],
  ...['occurredAt', 'regionCode', 'place', 'longitude', 'latitude', 'sourceKind', 'lightlyInjured', 'lossIdr'],
]

/** A sheet as an office would have kept it, of reports of the last weeks. */
export async function writeSheet(file: string, sheet: { name: string; rows: number; office: string }): Promise<void> {
  await pipeline(lines(sheet), createWriteStream(file))
}

async function* lines({ name, rows, office }: { name: string; rows: number; office: string }): AsyncGenerator<string> {
  yield csvText([header])
  const now = Date.now()
  for (let row = 1; row <= rows; row += 1) {
    const occurredAt = new Date(now - row * 60_000).toISOString()
    yield csvText([
      [
        ...[`${name}/${row}`, 'incident', 'disruption', 'politics', 'perusakan_apk', 'actual', 'moderate'],
        ...[subjects[row % subjects.length] ?? '', narrative(row), narrative(row + 1), occurredAt, office],
        ...['Jl. Abdullah Silondae', '122.513', '-3.975', 'fkdm', '0', '4500000'],
      ],
    ])
  }
}

const tellMemory = 'process.on("exit",()=>console.error("kB "+process.resourceUsage().maxRSS))'

/**
 * The compiled program as an office runs it, start and end of the process included.
 * @returns seconds, and the most memory (RSS) that it had
 */
export async function runImport(
  file: string,
  { url, tokenFile }: { url: string; tokenFile: string },
): Promise<{ seconds: number; megabytes: number }> {
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(tellMemory)}`,
      'dist/bin/waspada.js',
      'import',
      file,
    ].concat([...['--url', url, '--token-file', tokenFile]]),
    { stdio: ['ignore', 'inherit', 'pipe'] },
  )
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  const seconds = (performance.now() - began) / 1000
  const kilobytes = Number(/kB (\d+)/.exec(said)?.[1])
  if (code !== 0 || !Number.isFinite(kilobytes)) throw new Error(`The import ended with ${code}: ${said}`)
  const waits = said.split('\n').filter((line) => line.includes('; again in '))
  if (waits.length > 0) console.log(waits.join('\n'))
  return { seconds, megabytes: kilobytes / 1024 }
}
