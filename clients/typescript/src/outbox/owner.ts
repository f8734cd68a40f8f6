import { judge } from './judge.ts'
import { endOf, type Run, type RunEnd } from './run.ts'

const note = 'owner.json'

/**
 * An outbox belongs to one office: what was sent for another would stand there under a wrong name, and a second time if its
 * first answer was lost. The first office that it sends for is the one.
 * @returns why nothing is sent, if so
 */
export async function ownerDiffers({ folders, service, signal, call }: Run): Promise<RunEnd | undefined> {
  const lists = [await folders.list('waiting'), await folders.list('attaching')]
  if (lists.every(({ names }) => names.length === 0)) return { end: 'empty' }
  try {
    const { office: own } = await service.me(call)
    const office = own?.code
    if (office === undefined)
      return { end: 'stopped', code: 'no_office', reason: 'These credentials are not those of an office' }
    const known = officeIn(await folders.readNote(note))
    if (known === undefined) await folders.writeNote(note, `${JSON.stringify({ version: 1, office })}\n`)
    if (known === undefined || known === office) return undefined
    return {
      end: 'stopped',
      code: 'office_differs',
      reason: `This outbox is that of office ${known}, and the credentials are those of ${office}`,
    }
  } catch (error) {
    if (signal?.aborted) return { end: 'aborted' }
    const judgement = judge(error)
    if (judgement.means !== 'refused') return endOf(judgement)
    return { end: 'stopped', reason: judgement.problem.detail, code: judgement.problem.code }
  }
}

function officeIn(text: string | undefined): string | undefined {
  try {
    const { office } = JSON.parse(text ?? '') as { office?: unknown }
    return typeof office === 'string' ? office : undefined
  } catch {
    return undefined
  }
}
