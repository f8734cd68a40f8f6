import fc from 'fast-check'

/** Texts that programs trip over, as they are inside. */
export const oddTexts = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\u202eterbalik',
    '\u200b\u200b\u200b\u200b\u200b\u200b',
    '\ufeff',
    'e\u0301'.repeat(300),
    '\u{1f1ee}\u{1f1e9}'.repeat(120),
    'Z\u0351\u036b\u0343\u036a\u0302'.repeat(60),
    '\ud800',
    'a\udc00b',
    '\uffff',
    '\u{10ffff}',
    "'; DROP TABLE reports; --",
    '{{7*7}}<script>',
    '../../../etc/passwd',
    '%00%0d%0a',
    'null',
    '__proto__',
    '2024-02-30T25:61:61Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    '2024-11-25T22:30:60+08:00',
    '99.99',
    '00.00.00',
    '٧٤.٧١',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .constantFrom(1, 4, 5, 6, 19, 20, 100, 101, 200, 201, 300, 301, 2000, 2001, 20_000, 20_001)
    .chain((length) => fc.constantFrom('a', 'é', '\u{1f30b}', '\n').map((unit) => unit.repeat(length))),
)

/** Numbers at the edges of what machines hold. */
export const oddNumbers = fc.constantFrom(
  ...[
    0,
    -0,
    -1,
    0.1,
    1.5,
    90.000001,
    180.000001,
    -181,
    2 ** 31,
    2 ** 53 - 1,
    2 ** 53,
    1e21,
    1e308,
    5e-324,
    100_000_001,
  ],
)

/** What JSON text may say and no value in memory does, or does the same. */
export const oddTokens = fc.constantFrom(
  '1e400',
  '-1e400',
  '-0',
  '9'.repeat(400),
  `0.${'0'.repeat(400)}1`,
  '1E+2',
  '9007199254740993',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '"\\u202e\\u0041"',
  `"${'\\u0301'.repeat(100)}"`,
  'NaN',
  'undefined',
  '01',
  '.5',
  "'x'",
  '"\\x41"',
  '"unfinished',
  '[1,]',
  '{"a":1,}',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '{"\\u005f_proto__":{"x":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '/* comment */ 1',
  '"a\nb"',
  '',
)

/** Values nested to a depth that recursive programs do not survive, as JSON text. */
export const nested = fc
  .tuple(
    fc.constantFrom(2, 63, 64, 65, 500, 10_000, 60_000),
    fc.constantFrom(['[', ']'], ['{"a":', '}'], ['{"constructor":', '}']),
  )
  .map(([depth, [open = '', close = '']]) => {
    const fitting = Math.min(depth, Math.floor(240_000 / (open.length + close.length)))
    return `${open.repeat(fitting)}1${close.repeat(fitting)}`
  })

/** What can be sent in a header field at all; the rest is for raw requests. */
const fieldText = oddTexts.map((text) => Buffer.from(text.replaceAll(/[^\t\x20-\uffff]/g, '?')).toString('latin1'))
export const sendable = fieldText.map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?').slice(0, 4000))
