import { unlessUnwritable } from './errors.ts'
import type { Folders } from './folders.ts'
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
    if (known === undefined) return await becomeThatOf(office, folders)
    if (known === office) return undefined
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

/** Without this note the first answer could be lost, and the report sent again in another's name. */
async function becomeThatOf(office: string, folders: Folders): Promise<RunEnd | undefined> {
  try {
    await folders.writeNote(note, `${JSON.stringify({ version: 1, office })}\n`)
  } catch (error) {
    unlessUnwritable(error)
    const reason = `${(error as Error).message}. Nothing was sent: first it must be written whose outbox this is`
    return { end: 'unwritten', count: 0, reason }
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
