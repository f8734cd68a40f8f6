import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'
import { z } from 'zod'
import { isListed, unlisted } from '../../src/bin/log-allowlist.ts'
import { DomainError } from '../../src/errors.ts'
import { canary, keptLog, linesWithCanaries } from '../support/canaries.ts'

function raised(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  throw new Error('Nothing was raised')
}

t.test('an error of unknown origin is told by its kind and its frames, never by its words', async (t) => {
  const { logger, lines, records } = keptLog()
  const fake = new Error(`x\n    at ${canary()} (/${canary()}:1:1)\n    at /${canary()}:1:1`)
  const renamed = Object.assign(new Error(canary()), {
    name: `${canary()} ${canary()}`,
    code: `${canary()} ${canary()}`,
    detail: canary(),
  })
  const edited = Object.assign(new Error(`a\n    at ${canary()} (/${canary()}:1:1)\n    at file:///${canary()}:1:1`), {
    message: 'something else',
  })
  const errors = [
    raised(() => JSON.parse(`{"a": ${canary()}`)),
    raised(() => z.strictObject({ a: z.enum(['b']) }).parse({ a: canary(), [canary()]: 1 })),
    raised(() => new URL(`http://${canary()} ${canary()}`)),
    raised(() => decodeURIComponent(`%${canary()}`)),
    new Error('outer', { cause: new Error(canary(), { cause: canary() }) }),
    new AggregateError([new Error(canary()), canary()], canary()),
    fake,
    renamed,
    edited,
  ]
  for (const error of errors) {
    logger.error(error)
    logger.error({ err: error })
    logger.error({ err: error }, 'failed')
    logger.error({ err: error }, error.message)
    logger.error({ error, cause: error, [canary()]: error }, 'failed')
    logger.error(`failed: ${error.message}`)
    logger.error('failed: %s', error)
  }
  t.same(linesWithCanaries(lines), [])
  t.equal(lines.length, errors.length * 7)
  const told = records().filter(({ err, msg }) => err !== undefined && msg === 'failed')
  t.equal(told.length, errors.length)
  for (const { err } of told.slice(0, 7)) t.match(err, { type: /^\w*Error$/, stack: /^ {4}at / })
  t.match(told[4], { err: { cause: { type: 'Error', cause: { type: 'string' } } } })
  t.match(told[5], { err: { errors: [{ type: 'Error' }, { type: 'string' }] } })
})

t.test('an error of ours keeps its words', async (t) => {
  const { logger, records } = keptLog()
  logger.error(
    { err: new DomainError('service_unavailable', { scope: canary() }, [], { cause: new TypeError('fetch failed') }) },
    'failed',
  )
  t.match(records()[0], {
    err: {
      type: 'DomainError',
      code: 'service_unavailable',
      message: 'service_unavailable',
      cause: { type: 'TypeError' },
    },
  })
  t.notMatch(JSON.stringify(records()[0]), /fetch failed|kenari/)
})

t.test('whatever else is logged, only what is on the list leaves, in the form that it has there', async (t) => {
  const { logger, lines, records } = keptLog()
  const child = logger
    .child({ [canary()]: canary(), reqId: `${canary()} ${canary()}`, user: canary() })
    .child({ body: canary(), client: `${canary()}/` })
  child.info(
    {
      method: `GET ${canary()}`,
      route: `/v1?${canary()}`,
      status: canary(),
      ms: { a: canary() },
      req: { url: canary() },
    },
    'answered',
  )
  child.info({ err: { type: 'Error', stack: `    at x\n${canary()}`, message: canary(), [canary()]: 1 } }, canary())
  child.info(
    { migrations: [{ a: canary() }], port: canary(), recovered: [canary()], __proto__: { level: canary() } },
    `answered ${canary()}`,
  )
  child.info({ msg: canary(), level: canary(), time: canary() })
  child.info([canary()] as never)
  child.info(canary())
  t.same(linesWithCanaries(lines), [])
  t.match(records()[0], { level: 30, msg: 'answered' })
  t.same(Object.keys(records()[0] ?? {}).sort(), ['hostname', 'level', 'msg', 'pid', 'time'])
  t.equal(records().filter(({ msg }) => msg === unlisted).length, 5)
})

const levels = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])

/** The messages in a file that are said through a logger, and the text of those that are no plain literal. */
function messagesIn(name: string, text: string): { said: string[]; composed: string[] } {
  const said: string[] = []
  const composed: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isLogCall(node.expression)) {
      const message = node.arguments.find(
        (argument) =>
          !ts.isObjectLiteralExpression(argument) && !ts.isBinaryExpression(argument) && argument.getText() !== 'about',
      )
      if (message && ts.isStringLiteral(message)) said.push(message.text)
      else composed.push(`${name}: ${node.getText()}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true))
  return { said, composed }
}

function isLogCall(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 'log'
  if (!ts.isPropertyAccessExpression(callee)) return false
  const { name, expression } = callee
  return name.text === 'log' || (levels.has(name.text) && /\b(log|logger)$/.test(expression.getText()))
}

t.test('every message in the sources is a plain text that is on the list', async (t) => {
  const root = fileURLToPath(new URL('../../src', import.meta.url))
  const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const found = await Promise.all(files.map(async (name) => messagesIn(name, await readFile(join(root, name), 'utf8'))))
  const said = found.flatMap((file) => file.said)
  t.ok(said.includes('answered') && said.length > 10)
  t.same(
    said.filter((message) => !isListed(message)),
    [],
  )
  // Where messages of others pass through to the logger.
  t.match(
    found.flatMap((file) => file.composed),
    ['serve', 'work'].map((name) => `bin/${name}.ts: logger.info(details ?? {}, message)`),
  )
})
