import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'

/** Made by an office for itself: the private half never leaves it. */
export async function makeKeyPair(): Promise<{ privateJwk: JWK; publicJwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const shared = await exportJWK(publicKey)
  const named = { kid: await calculateJwkThumbprint(shared), alg: 'ES256', use: 'sig' }
  return { privateJwk: { ...(await exportJWK(privateKey)), ...named }, publicJwk: { ...shared, ...named } }
}
