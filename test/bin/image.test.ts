import { readFile } from 'node:fs/promises'
import t from 'tap'

const linesOf = async (file: string) =>
  (await readFile(new URL(`../../${file}`, import.meta.url), 'utf8')).split('\n').map((line) => line.trim())

t.test('whatever the image is built from enters its build, and nothing else does', async (t) => {
  const copied = (await linesOf('Dockerfile'))
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/).slice(1, -1))
    .map((source) => source.replace(/^\.\//, ''))
  const [all, ...rules] = (await linesOf('.dockerignore')).filter((line) => line !== '' && !line.startsWith('#'))
  t.equal(all, '*', 'at first everything is left out')
  const allowed = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1))
  const isWithin = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)
  for (const source of copied)
    t.ok(
      allowed.some((folder) => isWithin(source, folder)),
      `${source} enters`,
    )
  for (const folder of allowed)
    t.ok(
      copied.some((source) => isWithin(source, folder)),
      `${folder} is needed`,
    )
})
