import { createHash } from 'node:crypto'
import { FileRefusedError, type Problem, ProblemError, type SubmitReport, UnreachableError } from 'waspada-client'
import type { Service } from 'waspada-client/outbox'

/** What happens to one request. */
export type Fate = 'answered' | 'request_lost' | 'answer_lost' | 'busy'

/** A refusal as the client tells of it. */
export function refusal(status: number, code: string, more: Partial<Problem> = {}): ProblemError {
  const said = { type: `/problems/${code}`, title: code, detail: 'It is refused.', instance: 'r-1' }
  return new ProblemError({ ...said, status, code: code as Problem['code'], ...more })
}

/** A report that the service takes; `mark` says which it is. */
export function marked(mark: string, changes: Partial<SubmitReport> = {}): SubmitReport {
  return {
    product: 'incident',
    athg: 'disruption',
    domain: 'politics',
    incidentType: 'perusakan_apk',
    phase: 'actual',
    severity: 'moderate',
    subject: `Laporan ${mark}`,
    facts: 'Lima orang tak dikenal merusak dua belas baliho.',
    occurredAt: '2024-11-25T22:30:00+08:00',
    location: { regionCode: '74.71' },
    source: { kind: 'fkdm' },
    ...changes,
  }
}

/** The service as far as the outbox sees it: it keeps the promise of `clientReference`, over a line that does not hold. */
export class Desk implements Service {
  readonly arrived: SubmitReport[] = []
  fates: Fate[] = []
  /** Thrown in place of any answer. */
  trouble: Error | undefined
  officeCode: string | null = '74.71'
  keys: (string | undefined)[] = []
  retries: (number | undefined)[] = []
  refuses: (report: SubmitReport) => boolean = ({ severity }) => severity === 'critical'
  /** Names of files, after the id of their report. */
  readonly attached: string[] = []
  refusesFile: (text: string) => boolean = (text) => text.startsWith('bad')

  async me({ retries }: { retries?: number } = {}) {
    if (this.trouble) throw this.trouble
    this.retries.push(retries)
    return { office: this.officeCode === null ? null : { code: this.officeCode } }
  }

  readonly reports: Service['reports'] = {
    submit: async (report, { idempotencyKey, retries }) => {
      if (this.trouble) throw this.trouble
      this.keys.push(idempotencyKey)
      this.retries.push(retries)
      return this.#onLine(() => this.#take(report))
    },
  }

  readonly attachments: Service['attachments'] = {
    upload: async (reportId, file, { fileName = '', signal, retries, onProgress }) => {
      if (this.trouble) throw this.trouble
      this.retries.push(retries)
      const bytes = Buffer.from(file as Uint8Array)
      onProgress?.(bytes.length / 2, bytes.length)
      signal?.throwIfAborted()
      return this.#onLine(() => this.#attach(`${reportId}/${fileName}`, bytes))
    },
  }

  #onLine<Answer>(answer: () => Answer): Answer {
    const fate = this.fates.shift() ?? 'answered'
    if (fate === 'busy') throw new UnreachableError('busy', { status: 503 })
    if (fate === 'request_lost') throw new UnreachableError('cut')
    const answered = answer()
    if (fate === 'answer_lost') throw new UnreachableError('cut', { uncertain: true })
    return answered
  }

  #attach(name: string, bytes: Buffer) {
    const attachmentId = createHash('sha256').update(name).digest('hex')
    const upload = { id: 'u', status: 'refused', length: 1, received: 1, refusal: 'type', attachmentId: null } as const
    if (this.refusesFile(String(bytes)))
      throw new FileRefusedError({ ...upload, fileName: name, expiresAt: '2024-11-27T00:00:00Z' } as never)
    // The same bytes are an attachment of a report once.
    if (!this.attached.includes(name)) this.attached.push(name)
    return { attachmentId }
  }

  #take(report: SubmitReport) {
    const at = this.arrived.findIndex(({ clientReference }) => clientReference === report.clientReference)
    if (at < 0 && this.refuses(report)) throw refusal(422, 'value_refused')
    if (at >= 0 && JSON.stringify(this.arrived[at]) !== JSON.stringify(report))
      throw refusal(409, 'reference_conflict', { existingId: `id-${at}` })
    const place = at < 0 ? this.arrived.push(report) - 1 : at
    const { clientReference = null } = report
    return {
      report: {
        id: `id-${place}`,
        number: `74.71/2024/${place}`,
        receivedAt: '2024-11-26T00:00:00.000Z',
        clientReference,
      },
      replayed: at >= 0,
    }
  }
}
