import { columnNamed } from './columns.ts'
import type { RefusedCell } from './refused-file.ts'
import type { FileRow } from './row.ts'
import type { LineResult } from './service.ts'

/** Every bad cell of a row: what we found ourselves first, and of the service what is wrong elsewhere. */
export function refusedCells({ row, notes }: FileRow, answer: LineResult | undefined): RefusedCell[] {
  const own = [...notes].map(([pointer, problem]) => ({ row, column: columnNamed(pointer), problem }))
  const { problem } = answer ?? {}
  if (!problem) return own
  const { errors = [], detail } = problem
  const named = errors.map((fault) => ({ pointer: fault.pointer ?? '', detail: fault.detail }))
  const whole = { pointer: pointerOfCode(problem.code), detail }
  return [
    ...own,
    ...(named.length > 0 ? named : [whole])
      .filter(({ pointer }) => !notes.has(pointer))
      .map(({ pointer, detail: problem }) => ({ row, column: columnNamed(pointer), problem })),
  ]
}

function pointerOfCode(code: string): string {
  return code === 'reference_conflict' ? '/clientReference' : ''
}
