import {
  createWaspada,
  type Event,
  filePositionStore,
  ProblemError,
  type Report,
  type SubmitReport,
  UnreachableError,
} from 'waspada-client'

const said: unknown[] = []

// A program of an office, as its own compiler sees the package.
const waspada = createWaspada({
  baseUrl: 'https://waspada.example.go.id',
  credentials: { clientId: 'kendari', privateKey: { kty: 'EC' }, scope: ['reports:submit'] },
  language: 'en',
})

const report: SubmitReport = {
  product: 'incident',
  athg: 'disruption',
  domain: 'politics',
  incidentType: 'perusakan_apk',
  phase: 'actual',
  severity: 'moderate',
  subject: 'Perusakan alat peraga kampanye',
  facts: 'Delapan baliho dirusak di Kecamatan Mandonga.',
  occurredAt: '2024-11-25T22:30:00+08:00',
  location: { regionCode: '74.71' },
  source: { kind: 'fkdm' },
}

try {
  const { report: stored, replayed } = await waspada.reports.submit(report, { signal: AbortSignal.timeout(1_000) })
  const number: string = stored.number
  const known: boolean = replayed
  said.push(number, known)
} catch (error) {
  if (error instanceof ProblemError) said.push(error.code === 'body_invalid', error.errors[0]?.pointer)
  if (error instanceof UnreachableError) said.push(error.retryAfterMs, error.idempotencyKey)
}

for await (const item of waspada.items('/v1/reports', { query: { region: '74', stage: ['masa_tenang'] } })) {
  const id: string = item.id
  said.push(id)
}
for await (const page of waspada.pages('/v1/reports/{id}/revisions', { path: { id: 'x' } }))
  said.push(page.items.length)
for await (const event of waspada.events.follow({ store: filePositionStore('position') })) {
  const one: Event = event
  said.push(one.sequence)
}
const { data } = await waspada.GET('/v1/reports/{id}', { params: { path: { id: 'x' } } })
const status: Report['status'] | undefined = data?.status
said.push(status)
await waspada.attachments.upload('x', './foto.jpg', { onProgress: (arrived, of) => said.push(arrived / of) })

// @ts-expect-error a report without its facts is none
await waspada.reports.submit({ ...report, facts: undefined })
// @ts-expect-error the contract has no such path
waspada.items('/v1/nothing')
// @ts-expect-error the events have their own way of paging
waspada.items('/v1/events')
// @ts-expect-error which report is not said
waspada.pages('/v1/reports/{id}/revisions')
