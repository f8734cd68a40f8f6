import fc from 'fast-check'
import { type Draft, formOf } from './draft.ts'
import { type Mutation, withHeader } from './mutation.ts'
import { oddTexts } from './odd-values.ts'
import type { World } from './world.ts'

type Parameters = Record<string, unknown>

/** The parameters of a form, where the body still is one. */
const parametersOf = ({ body }: Draft) => (body && 'value' in body ? (body.value as Parameters) : {})
const isForm = (draft: Draft) =>
  draft.operation.body?.mediaType === 'application/x-www-form-urlencoded' &&
  draft.body !== undefined &&
  'value' in draft.body

const spoiltParameter = (
  name: string,
  spoil: (parameters: Parameters, chosen: string) => fc.Arbitrary<unknown>,
): Mutation => ({
  name,
  fits: isForm,
  spoil: (draft) => {
    const parameters = parametersOf(draft)
    return fc
      .constantFrom(...Object.keys(parameters), 'grant_type')
      .chain((chosen) => spoil(parameters, chosen))
      .map((value) => ({ body: { value } }))
  },
})
const spoiltForm = (name: string, spoil: (text: string) => fc.Arbitrary<string>): Mutation => ({
  name,
  fits: isForm,
  spoil: (draft) => spoil(formOf(parametersOf(draft))).map((text) => ({ body: { text } })),
})

const moreOfForms = [
  ...['&', '=', '&&=&', '&x', '&__proto__=1', '&constructor=1', '&x=%', '&x=%zz', '&x=%ff', '&x=%00', '&x=+', '&%00=1'],
  ...[
    '&client_id=',
    '&client_secret=%ED%A0%80',
    '&grant_type=client_credentials',
    '&x=é',
    '&scope=%20',
    ';a=b',
    '\u0000',
  ],
]

/** Ways to spoil a form; and who proves themselves, how. */
export const parameterMutations = (world: World): readonly Mutation[] => [
  spoiltParameter('form parameter left out', ({ ...parameters }, chosen) => {
    delete parameters[chosen]
    return fc.constant(parameters)
  }),
  spoiltParameter('odd form parameter', (parameters, chosen) =>
    oddTexts.map((text) => ({ ...parameters, [chosen]: text })),
  ),
  spoiltParameter('form parameter added', (parameters) =>
    fc
      .tuple(fc.constantFrom('x', 'assertion', 'refresh_token', 'clearance', 'client_assertion_type'), oddTexts)
      .map(([name, text]) => ({ ...parameters, [name]: text })),
  ),
  spoiltForm('more behind the form', (text) => fc.constantFrom(...moreOfForms).map((more) => text + more)),
  spoiltForm('another form altogether', (text) =>
    fc.constantFrom(
      '',
      '{}',
      '[',
      '%',
      'a',
      text.toUpperCase(),
      text.replaceAll('&', ';'),
      text.replaceAll('=', '%3D'),
    ),
  ),
  spoiltForm('form cut off', (text) => fc.nat({ max: text.length }).map((length) => text.slice(0, length))),
  spoiltForm('form too large', (text) =>
    fc.constantFrom(8191, 8192, 8193, 300_000).map((size) => `${text}&x=`.padEnd(size, 'a')),
  ),
  spoiltParameter('many form parameters', (parameters) =>
    fc.constantFrom(100, 1000).map((count) => ({
      ...parameters,
      ...Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, ''])),
    })),
  ),
  {
    name: 'proof in the header',
    fits: isForm,
    spoil: (draft) =>
      fc.constantFrom(...world.basic).map((authorization) => ({
        ...{ caller: '', body: { value: { grant_type: 'client_credentials' } } },
        ...withHeader(draft, 'Authorization', authorization),
      })),
  },
]
