import fc from 'fast-check'
import type { Draft } from './draft.ts'
import { formMutations } from './mutate-form.ts'
import { type Mutation, withHeader } from './mutation.ts'
import { oddTexts, sendable } from './odd-values.ts'
import type { World } from './world.ts'

const secured = ({ operation }: Draft) => operation.scopes !== undefined
const lastStep = /[^/]*$/

const inQuery = oddTexts.map((text) => encodeURIComponent(Buffer.from(text).toString()).slice(0, 4000))

export function requestMutations(world: World): readonly Mutation[] {
  return [...whoAsks(world), ...whereTo, ...whatFor(world), ...formMutations]
}

const whoAsks = (world: World): Mutation[] => [
  { name: 'no token', fits: secured, spoil: () => fc.constant({ caller: '' }) },
  {
    name: 'a refused token',
    fits: secured,
    spoil: (draft) =>
      fc.constantFrom(...world.refused).map(({ authorization }) => ({
        caller: '',
        ...withHeader(draft, 'Authorization', authorization),
      })),
  },
  {
    name: 'an odd token',
    fits: secured,
    spoil: (draft) =>
      fc
        .tuple(fc.constantFrom('Bearer ', 'bearer  ', 'Bearer', ''), sendable)
        .map(([scheme, token]) => ({ caller: '', ...withHeader(draft, 'Authorization', scheme + token) })),
  },
  {
    name: 'another caller',
    fits: (draft) => secured(draft) && draft.caller !== '',
    spoil: () => fc.constantFrom(...world.callers).map(({ name }) => ({ caller: name })),
  },
]

const oddPaths = [
  '/',
  '//',
  '/v1',
  '/v1/',
  '/v2/reports',
  '/V1/reports',
  '/v1/reports/../me',
  '/v1/%72eports',
  '/v1/me/x',
]
const brokenSteps = ['%', '%2', '%zz', '%00', '%ff', '%C0%AF', '%2F', '%2e%2e', '%ED%A0%80', ';a=b', '%23', '%3F', '..']

const whereTo: Mutation[] = [
  {
    name: 'another method',
    spoil: () =>
      fc
        .constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'LINK')
        .map((method) => ({ method })),
  },
  {
    name: 'another path',
    spoil: ({ path }) =>
      fc
        .oneof(
          fc.constantFrom(
            ...oddPaths,
            `${path}/`,
            `/${path}`,
            path.toUpperCase(),
            `${path}/x`,
            path.replace(lastStep, ''),
          ),
          fc.webPath({ size: 'small' }).map((other) => `/v1${other}`),
        )
        .map((other) => ({ path: other })),
  },
  {
    name: 'a broken step',
    spoil: ({ path }) =>
      fc
        .constantFrom(...brokenSteps)
        .chain((step) =>
          fc.constantFrom(path.replace(lastStep, step), `${path}${step}`).map((other) => ({ path: other })),
        ),
  },
  {
    name: 'an odd step',
    fits: ({ operation }) => operation.template.includes('{'),
    spoil: ({ path }) => inQuery.map((step) => ({ path: path.replace(lastStep, () => step) })),
  },
]

const whatFor = (world: World): Mutation[] => [
  {
    name: 'an unknown parameter',
    fits: ({ operation }) => operation.template.startsWith('/v1/'),
    spoil: ({ query }) =>
      fc
        .constantFrom('x', 'access_token', '__proto__', 'Limit', 'fields[]', '%E2%82%AC', 'constructor', 'toString')
        .map((name) => ({ query: [...query, `${name}=1`] })),
  },
  {
    name: 'a parameter twice',
    fits: ({ query }) => query.length > 0,
    spoil: ({ query }) => fc.constantFrom(...query).map((pair) => ({ query: [...query, pair] })),
  },
  {
    name: 'an odd parameter',
    fits: ({ operation }) => operation.parameters.some((each) => each.in === 'query'),
    spoil: ({ query, operation }) => {
      const names = operation.parameters.filter((each) => each.in === 'query').map(({ name }) => name)
      const values = fc.oneof(
        inQuery,
        fc.constantFrom(
          '',
          ',',
          ',,',
          '1e2',
          '007',
          '0',
          '201',
          '-1',
          '1,1',
          'true,false',
          'NaN',
          '%ff',
          '%',
          '%00',
          '+',
          'null',
        ),
        fc.constant('a,'.repeat(200)),
      )
      return fc.tuple(fc.constantFrom(...names), values).map(([name, value]) => ({
        query: [...query.filter((pair) => !pair.startsWith(`${name}=`)), `${name}=${value}`],
      }))
    },
  },
  {
    name: 'an odd query string',
    spoil: ({ query }) =>
      fc
        .constantFrom('&', '=', '&&&', '=&=', '%', 'limit', 'limit=', '?', '#x', 'a=b;c=d', '[]=1')
        .map((odd) => ({ query: [...query, odd] })),
  },
  {
    name: 'a spoilt cursor',
    fits: ({ operation }) => operation.parameters.some(({ name }) => name === 'cursor'),
    spoil: ({ query }) => {
      const cursors = world.continued.map(({ target }) => new URLSearchParams(target.split('?')[1]).get('cursor') ?? '')
      return fc
        .tuple(fc.constantFrom(...cursors), fc.nat({ max: 60 }), fc.constantFrom('A', '_', '', 'AAAA', '=', '%00'))
        .map(([cursor, at, other]) => {
          const others = query.filter((pair) => !pair.startsWith('cursor='))
          return { query: [...others, `cursor=${cursor.slice(0, at)}${other}${cursor.slice(at + 1)}`] }
        })
    },
  },
]
