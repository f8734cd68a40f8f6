import type { FastifyInstance } from 'fastify'
import { DomainError, type ErrorCode } from '../errors.ts'
import { errorCodes, statusOf, texts } from './problem.ts'

const page = { config: { scope: 'public' as const }, schema: { hide: true } }
const security = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"

/** What the `type` of a problem leads to: a page for people about each code, in both languages, and a list of all. */
export async function problemPages(app: FastifyInstance): Promise<void> {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', security).header('x-content-type-options', 'nosniff')
  })
  app.get('/problems', page, async (_request, reply) => reply.type('text/html; charset=utf-8').send(listPage()))
  app.get<{ Params: { code: string } }>('/problems/:code', page, async ({ params }, reply) => {
    const code = errorCodes.find((known) => known === params.code)
    if (!code) throw new DomainError('route_not_found')
    return reply.type('text/html; charset=utf-8').send(codePage(code))
  })
}

function listPage(): string {
  const items = errorCodes.map((code) => {
    const titles = `${escapeHtml(texts.id.problems[code][0])} / ${escapeHtml(texts.en.problems[code][0])}`
    return `<li><a href="/problems/${code}"><code>${code}</code></a> (${statusOf(code)}) ${titles}</li>`
  })
  return html('Masalah / Problems', `<h1>Masalah / Problems</h1><ul>${items.join('')}</ul>`)
}

function codePage(code: ErrorCode): string {
  const sections = (['id', 'en'] as const).map((language) => {
    const [title, detail] = texts[language].problems[code]
    return `<section lang="${language}"><h2>${escapeHtml(title)}</h2><p>${escapeHtml(plain(detail))}</p></section>`
  })
  const heading = `<h1><code>${code}</code></h1><p>HTTP ${statusOf(code)}</p>`
  return html(code, `${heading}${sections.join('')}<p><a href="/problems">Semua masalah / All problems</a></p>`)
}

/** The detail as it reads with no values known. */
function plain(template: string): string {
  return template.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/\{(\w+)\}/g, '$1')
}

function html(title: string, body: string): string {
  const style = 'body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}'
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>`
  return `<!doctype html><html lang="id"><head>${head}<style>${style}</style></head><body>${body}</body></html>\n`
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
