import { InvalidArgumentError } from 'commander'
import { AgencyCode, ClientId, OfficeCode } from '../access/claims.ts'

/** Arguments that several commands take, each refused with what it is. */
export function officeArgument(value: string): string {
  if (OfficeCode.safeParse(value).success) return value
  throw new InvalidArgumentError('It is the Kemendagri code of a province or regency, such as 74 or 74.71, or 00.')
}

export function agencyArgument(value: string): string {
  if (AgencyCode.safeParse(value).success) return value
  throw new InvalidArgumentError('It is a short name in small letters, such as bssn.')
}

export function clientArgument(value: string): string {
  if (ClientId.safeParse(value).success) return value
  throw new InvalidArgumentError('It takes letters, digits, dots, hyphens and underscores, 100 at most.')
}

export function scopesArgument(value: string): string[] {
  const list = [...new Set(value.trim().split(/\s+/))]
  if (list.every((scope) => /^[a-z-]+:[a-z-]+$/.test(scope))) return list
  throw new InvalidArgumentError('It is one or more scopes, such as "reports:submit reports:read".')
}
