import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto'
import type { JWK } from 'jose'
import type { PrivateJwk } from '../../src/access/key-file.ts'

type Values = Record<string, unknown>

/** What a forger may have: our public key, keys of its own, and for the worst cases a signature of ours. */
export interface Workshop {
  /** The key that the built-in issuer signs with now. */
  ours: PrivateJwk
  /** The key of a trusted outside issuer, and its name. */
  outside: { jwk: JWK; kid: string; issuer: string }
  /** A key that was published once and is no more. */
  deleted: PrivateJwk
  /** Epoch seconds. */
  now: number
}

/** Text or bytes of a part as they are; anything else as JSON. */
type Part = string | Buffer | Values

export const encode = (part: Part) =>
  (Buffer.isBuffer(part) ? part : Buffer.from(typeof part === 'string' ? part : JSON.stringify(part))).toString(
    'base64url',
  )

export function goodClaims(now: number, changes: Values = {}): Values {
  return {
    iss: 'urn:waspada:issuer',
    aud: 'urn:waspada:api',
    iat: now,
    exp: now + 600,
    sub: 'official',
    jti: 'a',
    client_id: 'kendari',
    scope: 'reports:read',
    clearance: 'restricted',
    region: '74.71',
    ...changes,
  }
}

/** Signs whatever it is given, well, with ES256 unless the key says otherwise. */
export function forge(header: Part, payload: Part, jwk: JWK, form: 'ieee-p1363' | 'der' = 'ieee-p1363'): string {
  const text = `${encode(header)}.${encode(payload)}`
  const key = { key: jwk as never, format: 'jwk', dsaEncoding: form } as const
  return `${text}.${signBytes('sha256', Buffer.from(text), key as never).toString('base64url')}`
}

const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const strangers = {
  ec: stranger.privateKey.export({ format: 'jwk' }) as JWK,
  public: stranger.publicKey.export({ format: 'jwk' }) as JWK,
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  ed: generateKeyPairSync('ed25519').privateKey,
}

function signedWith(key: KeyObject, digest: string | null, alg: string, kid: string, claims: Values): string {
  const text = `${encode({ alg, typ: 'at+jwt', kid })}.${encode(claims)}`
  const signature = signBytes(digest, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

function hmac(secret: Buffer | string, alg: string, kid: string, claims: Values): string {
  const text = `${encode({ alg, typ: 'at+jwt', kid })}.${encode(claims)}`
  const digest = alg.replace('HS', 'sha')
  return `${text}.${createHmac(digest, secret).update(text).digest('base64url')}`
}

/** The same JSON with a member written once more, in front. */
const twice = (claims: Values, member: string) => JSON.stringify(claims).replace('{', `{${member},`)

/** Tokens by what is wrong with them; each must be refused as every other. */
export function hostileTokens({ ours, outside, deleted, now }: Workshop): Record<string, string> {
  const { d: _private, ...publicJwk } = ours
  const published = { ...publicJwk, alg: 'ES256', use: 'sig' }
  const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
  const claims = goodClaims(now)
  const good = { alg: 'ES256', typ: 'at+jwt', kid: ours.kid }
  const withHeader = (changes: Values) => forge({ ...good, ...changes }, claims, ours)
  const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name))
  const saying = (changes: Values) => forge(good, goodClaims(now, changes), ours)
  const written = (text: string) => forge(good, text, ours)
  const token = forge(good, claims, ours)
  const [header = '', payload = '', signature = ''] = token.split('.')
  const unsigned = (alg: unknown) => `${encode({ ...good, alg } as Values)}.${payload}`
  const lastOf = (text: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1) ?? '') + 1]
  }
  const required = ['iss', 'aud', 'exp', 'iat', 'sub', 'jti', 'client_id', 'scope', 'clearance', 'region']
  const number = (name: string, text: string) =>
    written(JSON.stringify(goodClaims(now, { [name]: '@' })).replace('"@"', text))

  return {
    // No signature, or none that proves anything
    'alg none': `${unsigned('none')}.`,
    'alg None': `${unsigned('None')}.`,
    'alg NONE': `${unsigned('NONE')}.`,
    'alg nOnE with our signature': `${unsigned('nOnE')}.${signature}`,
    'alg none with a signature': `${unsigned('none')}.${signature}`,
    'alg empty': `${unsigned('')}.${signature}`,
    'alg null': `${unsigned(null)}.${signature}`,
    'alg a list': `${unsigned(['ES256'])}.${signature}`,
    'alg missing': forge({ typ: 'at+jwt', kid: ours.kid }, claims, ours),
    'alg in small letters': forge({ ...good, alg: 'es256' }, claims, ours),
    'signature cut off': `${header}.${payload}.`,
    'signature of zeros': `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
    'signature of ones': `${header}.${payload}.${Buffer.alloc(64, 255).toString('base64url')}`,
    'signature in DER': forge(good, claims, ours, 'der'),
    'signature a byte short': `${header}.${payload}.${Buffer.from(signature, 'base64url').subarray(1).toString('base64url')}`,
    'signature a byte long': `${header}.${payload}.${encode(Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.alloc(1)]))}`,
    'signature of other claims': `${header}.${encode(goodClaims(now, { region: '00' }))}.${signature}`,
    // A public key taken for a secret
    'HS256 with our public key as PEM': hmac(pem, 'HS256', ours.kid, claims),
    'HS256 with our public key as PEM without its last line break': hmac(pem.trim(), 'HS256', ours.kid, claims),
    'HS256 with our public key as DER': hmac(
      publicKey.export({ type: 'spki', format: 'der' }),
      'HS256',
      ours.kid,
      claims,
    ),
    'HS256 with our public key as JWK': hmac(JSON.stringify(published), 'HS256', ours.kid, claims),
    'HS512 with our public key as PEM': hmac(pem, 'HS512', ours.kid, claims),
    'HS256 with an empty secret': hmac('', 'HS256', ours.kid, claims),
    // Keys that are nobody's
    'ES256 of a stranger under our kid': forge(good, claims, strangers.ec),
    'ES256 of a stranger under its own kid': forge({ ...good, kid: 'stranger' }, claims, strangers.ec),
    'ES384 of a stranger': signedWith(strangers.p384, 'sha384', 'ES384', ours.kid, claims),
    'RS256 of a stranger': signedWith(strangers.rsa, 'sha256', 'RS256', ours.kid, claims),
    'EdDSA of a stranger': signedWith(strangers.ed, null, 'EdDSA', ours.kid, claims),
    'a key that was deleted': forge({ ...good, kid: deleted.kid }, claims, deleted),
    'our key under another alg': withHeader({ alg: 'ES384' }),
    'our key under RS256': withHeader({ alg: 'RS256' }),
    // kid tricks
    'kid missing': forge({ alg: 'ES256', typ: 'at+jwt' }, claims, ours),
    'kid empty': withHeader({ kid: '' }),
    'kid a path': withHeader({ kid: '../../../../dev/null' }),
    'kid a path, signed with nothing': hmac('', 'HS256', '../../../../dev/null', claims),
    'kid SQL': withHeader({ kid: "' OR 1=1; DROP TABLE clients; --" }),
    'kid a URL': withHeader({ kid: 'http://127.0.0.1:1/key' }),
    'kid a list': withHeader({ kid: [ours.kid] }),
    'kid a number': withHeader({ kid: 1 }),
    'kid null': withHeader({ kid: null }),
    'kid of a prototype': withHeader({ kid: '__proto__' }),
    'kid very long': withHeader({ kid: 'k'.repeat(5000) }),
    'kid with NUL': withHeader({ kid: `${ours.kid}\u0000` }),
    'kid of another issuer': withHeader({ kid: outside.kid }),
    // Keys brought along, and headers that ask for more
    'jwk brought along': forge({ ...good, kid: undefined, jwk: strangers.public }, claims, strangers.ec),
    'jwk of ours brought along': withHeader({ jwk: published }),
    'jku of a stranger': forge({ ...good, jku: 'http://127.0.0.1:1/jwks' }, claims, strangers.ec),
    'jku, signed by us': withHeader({ jku: 'http://localhost:3000/oauth/jwks' }),
    'x5u, signed by us': withHeader({ x5u: 'http://127.0.0.1:1/cert' }),
    'x5c, signed by us': withHeader({ x5c: ['MIIB'] }),
    'crit, signed by us': withHeader({ crit: ['exp'], exp: now + 600 }),
    'crit of b64': withHeader({ crit: ['b64'], b64: true }),
    'b64 false': withHeader({ b64: false, crit: ['b64'] }),
    'zip, signed by us': withHeader({ zip: 'DEF' }),
    'cty JWT': withHeader({ cty: 'JWT' }),
    'an unknown header': withHeader({ admin: true }),
    'alg twice in the header': forge(twice(good, '"alg":"none"'), claims, ours),
    'kid twice, the same': forge(twice(good, `"kid":"${ours.kid}"`), claims, ours),
    // typ
    'typ JWT': withHeader({ typ: 'JWT' }),
    'typ missing': withHeader({ typ: undefined }),
    'typ in capitals': withHeader({ typ: 'AT+JWT' }),
    'typ of an identity token': withHeader({ typ: 'id+jwt' }),
    'typ of a logout token': withHeader({ typ: 'logout+jwt' }),
    'typ with a parameter': withHeader({ typ: 'at+jwt;v=1' }),
    // Whose and for whom
    'iss unknown': saying({ iss: 'urn:other' }),
    'iss with a slash more': saying({ iss: 'http://localhost:3000/' }),
    'iss in capitals': saying({ iss: 'URN:WASPADA:ISSUER' }),
    'iss a list': saying({ iss: ['urn:waspada:issuer'] }),
    'iss of a trusted issuer, signed by us': saying({ iss: outside.issuer }),
    'iss of ours, signed by a trusted issuer': forge({ ...good, kid: outside.kid }, claims, outside.jwk),
    'iss of ours, signed by a trusted issuer under our kid': forge(good, claims, outside.jwk),
    'aud unknown': saying({ aud: 'urn:other' }),
    'aud ours and another': saying({ aud: ['urn:waspada:api', 'urn:other'] }),
    'aud a list of one': saying({ aud: ['urn:waspada:api'] }),
    'aud an empty list': saying({ aud: [] }),
    'aud a number': saying({ aud: 1 }),
    'aud empty': saying({ aud: '' }),
    'aud with a blank': saying({ aud: 'urn:waspada:api ' }),
    'aud of a trusted issuer': saying({ aud: 'urn:outside:audience' }),
    // When
    'expired by six seconds': saying({ iat: now - 600, exp: now - 6 }),
    'expired long ago': saying({ iat: now - 7200, exp: now - 3600 }),
    'issued in the future': saying({ iat: now + 60, exp: now + 660 }),
    'iat after exp': saying({ iat: now + 5, exp: now + 4 }),
    'not valid yet': saying({ nbf: now + 60 }),
    'lives longer than a day': saying({ exp: now + 86_401 }),
    'exp in the year 9999': saying({ exp: 253_402_300_799 }),
    'exp a text': saying({ exp: String(now + 600) }),
    'exp a fraction': saying({ exp: now + 600.5 }),
    'exp negative': saying({ exp: -1 }),
    'exp null': saying({ exp: null }),
    'exp beyond all numbers': number('exp', '1e400'),
    'exp in milliseconds': saying({ exp: (now + 600) * 1000 }),
    'iat a text': saying({ iat: String(now) }),
    'iat negative': saying({ iat: -1, exp: now + 600 }),
    'nbf a text': saying({ nbf: String(now) }),
    // Who
    'sub a number': saying({ sub: 7 }),
    'sub empty': saying({ sub: '' }),
    'sub of two lines': saying({ sub: 'a\nb' }),
    'sub with NUL': saying({ sub: 'a\u0000' }),
    'sub that writes from right to left': saying({ sub: 'a\u202Eb' }),
    'sub with half a character': written(JSON.stringify(goodClaims(now)).replace('official', '\\ud800')),
    'sub too long': saying({ sub: 'x'.repeat(129) }),
    'jti a number': saying({ jti: 1 }),
    'jti empty': saying({ jti: '' }),
    'jti too long': saying({ jti: 'x'.repeat(129) }),
    'jti with NUL': saying({ jti: 'a\u0000' }),
    'client_id a number': saying({ client_id: 1 }),
    'client_id SQL': saying({ client_id: "kendari' --" }),
    'client_id of a part of Waspada': saying({ client_id: 'system:console' }),
    'client unknown': saying({ client_id: 'nobody' }),
    'client of another office': saying({ client_id: 'denpasar' }),
    // What for and where
    'region of another office': saying({ region: '51.71' }),
    'region above the own': saying({ region: '74' }),
    'region a district': saying({ region: '74.71.01' }),
    'region that does not exist': saying({ region: '99.99' }),
    'region a number': saying({ region: 74.71 }),
    'region a pattern': saying({ region: '%' }),
    'region and agency': saying({ agency: 'bssn' }),
    'neither region nor agency': forge(good, without('region'), ours),
    'agency in place of the region': forge(good, { ...without('region'), agency: 'bssn' }, ours),
    'clearance above the own': saying({ clearance: 'top_secret' }),
    'clearance unknown': saying({ clearance: 'cosmic' }),
    'clearance in capitals': saying({ clearance: 'RESTRICTED' }),
    'clearance a list': saying({ clearance: ['restricted'] }),
    'clearance a number': saying({ clearance: 1 }),
    'scope a list': saying({ scope: ['reports:read'] }),
    'scope empty': saying({ scope: '' }),
    'scope with two blanks': saying({ scope: 'reports:read  reports:submit' }),
    'scope with a comma': saying({ scope: 'reports:read,reports:submit' }),
    'scope unknown': saying({ scope: 'reports:read admin:all' }),
    'scope twice': saying({ scope: 'reports:read reports:read' }),
    'an unknown claim': saying({ admin: true }),
    'a claim of the prototype': written(JSON.stringify(claims).replace('{', '{"__proto__":{"admin":true},')),
    'a constructor': saying({ constructor: { prototype: {} } }),
    ...Object.fromEntries(required.map((name) => [`without ${name}`, forge(good, without(name), ours)])),
    ...Object.fromEntries(required.map((name) => [`${name} an object`, saying({ [name]: {} })])),
    // Two readers, two readings
    'client_id twice, ours last': written(twice(claims, '"client_id":"nation"')),
    'region twice, the same': written(twice(claims, '"region":"74.71"')),
    'region twice, once with an escape': written(twice(claims, '"regi\\u006fn":"00"')),
    'exp twice': written(twice(claims, `"exp":${now - 60}`)),
    'a name twice deep inside': saying({ amr: undefined }).length
      ? written(twice(claims, '"amr":[{"a":1,"a":2}]'))
      : '',
    'payload a list': written('[]'),
    'payload null': written('null'),
    'payload a text': written('"text"'),
    'payload a number': written('1'),
    'payload empty': written(''),
    'payload no JSON': written('{iss:1}'),
    'payload with something behind': written(`${JSON.stringify(claims)}{}`),
    'payload with a comment': written(`${JSON.stringify(claims)}//`),
    'payload with a mark in front': written(`\uFEFF${JSON.stringify(claims)}`),
    'payload not UTF-8': forge(
      good,
      Buffer.from(JSON.stringify(claims).replace('official', 'officiäl'), 'latin1'),
      ours,
    ),
    'payload in UTF-16': forge(good, Buffer.from(JSON.stringify(claims), 'utf16le'), ours),
    'payload nested deep': written('['.repeat(2500) + ']'.repeat(2500)),
    'header a list': forge('[]', claims, ours),
    'header no JSON': forge('alg', claims, ours),
    'header with a mark in front': forge(`\uFEFF${JSON.stringify(good)}`, claims, ours),
    // Spelling
    'padding behind': `${token}=`,
    'padding in the header': `${Buffer.from(JSON.stringify({ ...good, x5t: 'a' }))
      .toString('base64')
      .replaceAll('+', '-')
      .replaceAll('/', '_')}==.${payload}.${signature}`,
    'stray bits in the signature': `${header}.${payload}.${lastOf(signature)}`,
    'the other base64 alphabet': `${header}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`,
    'a blank inside': `${header}.${payload} .${signature}`,
    'two parts': `${header}.${payload}`,
    'four parts': `${token}.${signature}`,
    'an empty part in front': `.${token}`,
    'one part': header,
    'dots alone': '..',
    'a JWE': `${encode({ alg: 'dir', enc: 'A256GCM' })}..${encode('iv')}.${encode('text')}.${encode('tag')}`,
    'a JWT in a JWT': forge({ ...good, cty: 'JWT' }, token, ours),
    'JSON in place of the compact form': JSON.stringify({ protected: header, payload, signature }),
    'ten kilobytes': saying({ jti: 'x'.repeat(10_000) }),
    'not a token': 'abc',
  }
}

/** Authorization headers around a good token that say something else. */
export function hostileHeaders(token: string): Record<string, string> {
  return {
    'two tokens': `Bearer ${token} ${token}`,
    'two credentials': `Bearer ${token}, Bearer ${token}`,
    'garbage behind': `Bearer ${token}x`,
    'a parameter behind': `Bearer ${token}; x=1`,
    'in quotes': `Bearer "${token}"`,
    'no scheme': token,
    'scheme alone': 'Bearer',
    'scheme alone with a blank': 'Bearer ',
    'another scheme': `Basic ${token}`,
    'DPoP in place of Bearer': `DPoP ${token}`,
    'a colon behind the scheme': `Bearer: ${token}`,
  }
}
