import type { KeyObject } from 'node:crypto'
import type { CryptoKey, JWK } from 'jose'

/** How the client proves itself at the token endpoint. */
export type Credentials = SecretCredentials | KeyCredentials | { token: (refused?: string) => Promise<string> }

export interface TokenRequestOptions {
  clientId: string
  /** Scopes, all that the client holds unless said. */
  scope?: readonly string[]
  /** A lower clearance than that of the client. */
  clearance?: string
  /** The service, where an issuer wants it named (RFC 8707). */
  resource?: string
  /** Of the authorization server, where the service believes more than one; its first unless said. */
  issuer?: string
  /** The token endpoint, where it is not to be looked up. */
  tokenUrl?: string
}

export interface SecretCredentials extends TokenRequestOptions {
  clientSecret: string
}

/** private_key_jwt (RFC 7523): the key itself never leaves the machine. */
export interface KeyCredentials extends TokenRequestOptions {
  /** A private JWK, a PEM text without a passphrase, or a key of node:crypto or WebCrypto. */
  privateKey: JWK | string | CryptoKey | KeyObject
  /** `kid` of the assertion; that of the JWK unless said. */
  keyId?: string
  /** Such as `ES256`; that of the key unless said. */
  algorithm?: string
  /** Whom the assertion is for: the issuer, or the token endpoint where `tokenUrl` is given. */
  audience?: string
}
