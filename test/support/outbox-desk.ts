import { ProblemError, type ReportInput, type Service, UnreachableError } from 'waspada-client/outbox'

/** What happens to one request. */
export type Fate = 'answered' | 'request_lost' | 'answer_lost' | 'busy'

export function refusal(status: number, code: string, more: { existingId?: string } = {}): ProblemError {
  return new ProblemError({ status, code, title: code, detail: 'It is refused.', ...more })
}

/** A report that the service takes; `mark` says which it is. */
export function marked(mark: string, changes: Partial<ReportInput> = {}): ReportInput {
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
  readonly arrived: ReportInput[] = []
  fates: Fate[] = []
  /** Thrown in place of any answer. */
  trouble: Error | undefined
  officeCode: string | null = '74.71'
  keys: string[] = []
  refuses: (report: ReportInput) => boolean = ({ severity }) => severity === 'critical'

  async office(): Promise<string | null> {
    if (this.trouble) throw this.trouble
    return this.officeCode
  }

  async submit(report: ReportInput, { idempotencyKey }: { idempotencyKey: string }) {
    if (this.trouble) throw this.trouble
    this.keys.push(idempotencyKey)
    const fate = this.fates.shift() ?? 'answered'
    if (fate === 'busy') throw refusal(503, 'service_unavailable')
    if (fate === 'request_lost') throw new UnreachableError('cut')
    const answer = this.#take(report)
    if (fate === 'answer_lost') throw new UnreachableError('cut')
    return answer
  }

  #take(report: ReportInput) {
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
