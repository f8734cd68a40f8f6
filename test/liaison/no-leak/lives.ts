import { type ReleaseField, releaseFields } from '../../../src/releases/vocabulary.ts'
import type { How } from './content.ts'
import type { Audience } from './model.ts'
import type { Office } from './office.ts'

const handlings = ['ordinary', 'restricted', 'secret', 'top_secret']
const audiences: readonly Audience['agencies'][] = [null, ['bssn'], ['polri'], ['bssn', 'polri']]
/** Every audience under every handling. */
const every = audiences.flatMap((agencies) => [0, 1, 2, 3].map((handling) => ({ agencies, handling })))

const withoutFiles = releaseFields.filter((field) => field !== 'attachments')
/** Of all that can be approved: little of one kind, of another, and everything. Between them each field is approved here and not there. */
const parts: readonly (readonly ReleaseField[])[] = [
  ['subject', 'severity', 'impact'],
  ['subject', 'facts', 'athg', 'domain', 'occurredAt', 'region'],
  ['analysis', 'prediction', 'place', 'position', 'stages', 'incidentType', 'phase', 'assessment'],
  ['product', 'urgency', 'actionsTaken', 'recommendation', 'occurredAt'],
  withoutFiles,
]
const part = (number: number) => parts[number % parts.length] as readonly ReleaseField[]
const said = ({ agencies, handling }: Audience) => `${agencies?.join('+') ?? 'all'} ${handlings[handling]}`

/** Released, retracted, and changed: in whom it is for from each audience to each other, and in its handling from each to each other. */
async function liveEverywhere(office: Office): Promise<void> {
  for (const [number, audience] of every.entries()) {
    const report = () => office.report({ handling: handlings[(number + audience.handling) % 4] })
    await office.release(await report(), { ...audience, fields: part(number) }, `released: ${said(audience)}`)

    const ended = await office.release(
      await report(),
      { ...audience, fields: part(number + 1) },
      `retracted: ${said(audience)}`,
    )
    await office.retract(ended)

    const at = Math.floor(number / 4)
    const shift = (by: number) => 1 + (by % 3)
    const other = audiences[(at + shift(audience.handling)) % 4] as Audience['agencies']
    const changes = [
      { ...audience, agencies: other },
      { ...audience, handling: (audience.handling + shift(at)) % 4 },
    ]
    for (const [turn, change] of changes.entries()) {
      const id = await report()
      const made = await office.release(
        id,
        { ...audience, fields: part(number) },
        `changed: ${said(audience)} to ${said(change)}`,
      )
      await office.revise(id, made, { ...change, fields: part(number + 1 + turn) })
    }
  }
}

const some = { agencies: ['bssn'], handling: 1 } as const
const how = (more: Partial<How> = {}): How => ({ ...some, fields: withoutFiles, ...more })

/** What else becomes of releases and of their reports. */
async function liveOtherwise(office: Office): Promise<void> {
  const { report, release, revise, retract, send } = office
  await release(await report({ handling: 'secret' }), how(), 'proposed and waiting', 'proposed')
  await release(await report(), how({ agencies: null, handling: 3 }), 'proposed and refused', 'refused')

  const narrowed = await report()
  await revise(narrowed, await release(narrowed, how(), 'narrowed'), how({ fields: part(0) }))
  const widened = await report()
  await revise(widened, await release(widened, how({ fields: part(0) }), 'widened'), how())
  const waits = await report()
  await revise(
    waits,
    await release(waits, how({ fields: part(1) }), 'a next version waits'),
    how({ handling: 2 }),
    'proposed',
  )
  const wanders = await report()
  const wandering = await release(wanders, how({ agencies: null, handling: 0 }), 'changed four times, then retracted')
  for (const more of [
    { handling: 3 },
    { agencies: ['polri'] },
    { agencies: null, handling: 2 },
    { agencies: ['bssn'] },
  ])
    await revise(wanders, wandering, how(more))
  await retract(wandering)
  await release(wanders, how({ agencies: ['polri'] }), 'released anew after a retraction, to another agency')
  const both = await report()
  await retract(await release(both, how({ agencies: ['bssn', 'polri'] }), 'retracted while a next version waits'))
  await release(await report({ exercise: true }), how({ agencies: null }), 'an exercise')

  const changed: [string, (id: string) => Promise<unknown>][] = [
    [
      'corrected',
      (id) => send('author', 'PATCH', `/v1/reports/${id}`, { subject: 'Perihal yang lain', reason: 'Keliru.' }),
    ],
    [
      'moved',
      (id) => send('author', 'PATCH', `/v1/reports/${id}`, { location: { regionCode: '91.71' }, reason: 'Keliru.' }),
    ],
    ['raised', (id) => send('author', 'PATCH', `/v1/reports/${id}`, { handling: 'top_secret' })],
    ['closed', (id) => send('checker', 'POST', `/v1/reports/${id}/close`, { outcome: 'Selesai ditangani.' })],
    [
      'doubled',
      async (id) =>
        send('checker', 'POST', `/v1/reports/${id}/links`, { type: 'duplicate_of', target: await report() }),
    ],
  ]
  for (const [what, step] of changed) {
    const id = await report()
    await release(id, how(), `its report was ${what} since`)
    await step(id)
  }
  await release(waits, how({ agencies: ['polri'], fields: part(2) }), 'a second release of one report, of other fields')
}

/** Photos: one approved and one not; one of them removed since; of a release that was retracted. */
async function liveWithFiles(office: Office): Promise<void> {
  for (const what of ['with a photo', 'whose photo was removed', 'with a photo, retracted'] as const) {
    const id = await office.report()
    const [approved, unapproved] = [await office.photo(id), await office.photo(id)]
    const fields = [...part(0), 'attachments'] as const
    const made = await office.release(id, how({ agencies: ['bssn', 'polri'], fields, attachments: [approved] }), what)
    Object.assign(made, { file: approved, unapproved })
    if (what === 'with a photo, retracted') await office.retract(made)
    if (what !== 'whose photo was removed') continue
    await office.send('author', 'DELETE', `/v1/reports/${id}/attachments/${approved}`, { reason: 'Keliru.' })
    await office.again(made, (content) => Object.assign(content, { attachments: [] }))
  }
}

export async function liveAll(office: Office): Promise<void> {
  await liveEverywhere(office)
  await liveOtherwise(office)
  await liveWithFiles(office)
}
