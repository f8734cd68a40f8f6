import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Says which links between the documents of this repository are dead: a file that is not there, or a heading. */
const root = fileURLToPath(new URL('..', import.meta.url))
const elsewhere = new Set(['node_modules', 'dist', 'coverage'])

async function documentsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return entry.name.startsWith('.') || elsewhere.has(entry.name) ? [] : documentsIn(path)
      return entry.name.endsWith('.md') ? [path] : []
    }),
  )
  return found.flat()
}

/** The text as it is read: code, where brackets mean something else, left blank line by line. */
function withoutCode(markdown: string): string {
  return markdown
    .replace(/^ {0,3}(```+|~~~+)[^\n]*\n[\s\S]*?^ {0,3}\1[^\n]*$/gm, (block) => block.replace(/[^\n]/g, ''))
    .replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, '')
}

interface Link {
  target: string
  line: number
}

function linksIn(markdown: string): Link[] {
  const text = withoutCode(markdown)
  const inline = /\]\(\s*<?([^()\s<>]+)>?(?:\s+["'][^)]*)?\)/g
  const definition = /^ {0,3}\[[^\]]+\]:\s*<?([^\s<>]+)/gm
  return [...text.matchAll(inline), ...text.matchAll(definition)].map(({ 1: target = '', index }) => ({
    target,
    line: text.slice(0, index).split('\n').length,
  }))
}

/** The anchors of a document: its headings in the spelling of GitHub, numbered where two are alike. */
function anchorsIn(markdown: string): Set<string> {
  const blocks = markdown.replace(/^ {0,3}(```+|~~~+)[^\n]*\n[\s\S]*?^ {0,3}\1[^\n]*$/gm, '')
  const seen = new Map<string, number>()
  const anchors = new Set<string>()
  for (const [, heading = ''] of blocks.matchAll(/^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = words.replace(/[^\p{L}\p{M}\p{N}_ -]/gu, '').replaceAll(' ', '-')
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    anchors.add(before === 0 ? slug : `${slug}-${before}`)
  }
  return anchors
}

/** What is wrong with a link; undefined when it leads somewhere, or out of this repository. */
async function faultOf(target: string, from: string): Promise<string | undefined> {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined
  const [path = '', anchor] = target.split('#', 2).map(decodeURIComponent)
  const file = path === '' ? from : resolve(dirname(from), path)
  if (relative(root, file).startsWith('..')) return 'leads out of the repository'
  const found = await stat(file).catch(() => undefined)
  if (!found) return 'no such file'
  if (anchor === undefined || found.isDirectory() || !file.endsWith('.md')) return undefined
  return anchorsIn(await readFile(file, 'utf8')).has(anchor) ? undefined : 'no such heading'
}

const documents = (await documentsIn(root)).sort()
let links = 0
for (const document of documents) {
  for (const { target, line } of linksIn(await readFile(document, 'utf8'))) {
    links += 1
    const fault = await faultOf(target, document)
    if (fault === undefined) continue
    console.error(`${relative(root, document)}:${line}: ${target}: ${fault}`)
    process.exitCode = 1
  }
}
console.log(`${links} links in ${documents.length} documents looked at`)
