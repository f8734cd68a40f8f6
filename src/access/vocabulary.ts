/** Secrecy markings, lowest first: Biasa, Terbatas, Rahasia, Sangat Rahasia. */
export const handlingLevels = ['ordinary', 'restricted', 'secret', 'top_secret'] as const
export type Handling = (typeof handlingLevels)[number]

/** Whether any value is a handling. */
export function isHandling(value: unknown): value is Handling {
  return (handlingLevels as readonly unknown[]).includes(value)
}

/** The rank that the database stores, 0 (ordinary) to 3 (top_secret). */
export function handlingRank(handling: Handling): number {
  return handlingLevels.indexOf(handling)
}

/** The word of a rank. */
export function handlingOf(rank: number): Handling {
  const word = handlingLevels[rank]
  if (word === undefined) throw new Error(`There is no handling ${rank}`)
  return word
}

/** Who a caller is: one of the three levels of offices, or an agency. Each has a database role of its own. */
export const tiers = ['regency', 'province', 'national', 'agency'] as const
export type Tier = (typeof tiers)[number]
export type OfficeLevel = Exclude<Tier, 'agency'>
export const officeLevels = ['regency', 'province', 'national'] as const satisfies readonly OfficeLevel[]

/** Those of the nation alone, by which one administers or looks beyond. */
export const administrativeScopes = ['access:break-glass', 'reference:manage', 'clients:manage', 'audit:read'] as const
const ofEveryOffice = [
  'reports:submit',
  'reports:read',
  'reports:verify',
  'reports:release',
  'statistics:read',
  'signals:read',
  'signals:assess',
  'events:read',
  'webhooks:manage',
] as const
const ofAgencies = ['statistics:read', 'signals:read', 'releases:read', 'events:read', 'webhooks:manage'] as const

/** Every OAuth scope there is. */
export const scopes = [...ofEveryOffice, 'releases:read', ...administrativeScopes] as const
export type AccessScope = (typeof scopes)[number]

/** What a tier may hold at all, whatever a token or a client row says. */
export function scopesOf(tier: Tier): readonly AccessScope[] {
  if (tier === 'agency') return ofAgencies
  return tier === 'national' ? [...ofEveryOffice, ...administrativeScopes] : ofEveryOffice
}

/** The tier of an office code: `00` the nation, `74` a province, `74.71` a regency. */
export function officeLevelOf(code: string): OfficeLevel {
  if (code === '00') return 'national'
  return code.length === 2 ? 'province' : 'regency'
}
