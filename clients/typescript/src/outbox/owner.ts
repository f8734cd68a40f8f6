import { judge } from './judge.ts'
import type { Run, RunEnd } from './send-items.ts'

const note = 'owner.json'

/**
 * An outbox belongs to one office: what was sent for another would stand there under a wrong name, and a second time if its
 * first answer was lost. The first office that it sends for is the one.
 * @returns why nothing is sent, if so
 */
export async function ownerDiffers({ folders, service, signal }: Run): Promise<RunEnd | undefined> {
  if ((await folders.list('waiting')).names.length === 0) return { end: 'empty' }
  try {
    const office = await service.office(signal)
    if (office === null)
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
    if (judgement.means === 'later')
      return { end: 'unreachable', reason: judgement.reason, retryAfterMs: judgement.retryAfterMs }
    return { end: 'stopped', reason: judgement.problem.message, code: judgement.problem.code }
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
