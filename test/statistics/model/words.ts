/** What the texts are made of: few words, so that many reports share them; some in several forms, some with accents, some stop words. */
export const textWords = [
  ...[
    'kerusakan',
    'merusak',
    'dirusak',
    'pembakaran',
    'membakar',
    'dibakar',
    'baliho',
    'spanduk',
    'gudang',
    'logistik',
  ],
  ...[
    'kampanye',
    'berkampanye',
    'hoaks',
    'warga',
    'saksi',
    'menyaksikan',
    'surat',
    'suara',
    'polisi',
    'pasar',
    'kafé',
    'kafe',
    'Désa',
    'desa',
  ],
  ...['yang', 'dan', 'di', 'dari', 'ini'],
]
export const incidentTypes = [
  'perusakan_apk',
  'politik_uang',
  'hoaks_disinformasi',
  'logistik',
  'unjuk_rasa',
  'lainnya',
]
export const words = {
  athg: ['threat', 'challenge', 'obstacle', 'disruption'],
  domain: ['ideology', 'politics', 'economy', 'social_culture', 'defence', 'security'],
  phase: ['potential', 'imminent', 'actual'],
  severity: ['low', 'moderate', 'high', 'critical'],
  urgency: ['routine', 'priority', 'immediate', 'flash'],
  product: ['incident', 'information', 'attention', 'special'],
  status: ['submitted', 'verified', 'rejected', 'escalated', 'closed', 'withdrawn'],
  level: ['regency', 'province', 'national'],
  source: ['fkdm', 'police', 'media', 'community'],
} as const

/** Forms of one word, said by hand: what finds one of them finds the others. A stop word alone is not looked for. */
const sameWords = [
  ['kerusakan', 'merusak', 'dirusak'],
  ['pembakaran', 'membakar', 'dibakar'],
  ['kampanye', 'berkampanye'],
  ['saksi', 'menyaksikan'],
  ['kafé', 'kafe'],
  ['Désa', 'desa'],
]
const stopWords = ['yang', 'dan', 'di', 'dari', 'ini']

const baseOf = (word: string) => sameWords.find((forms) => forms.includes(word))?.[0] ?? word
const tokensOf = (text: string) => text.replaceAll('.', ' ').split(/\s+/).filter(Boolean).map(baseOf)

/**
 * Whether texts, read on from one to the next, hold all the words and phrases of a query, and none of those with a minus; `or` is
 * not drawn.
 */
export function findsWords(texts: readonly string[], query: string): boolean {
  const tokens = texts.flatMap(tokensOf)
  const parts = query.match(/-?"[^"]*"|\S+/g) ?? []
  return parts.every((part) => {
    const wanted = tokensOf(part.replace(/^-/, '').replaceAll('"', ''))
    if (!part.includes('"') && stopWords.includes(wanted[0] ?? '')) return true
    const holds = tokens.some((_, at) => wanted.every((token, place) => tokens[at + place] === token))
    return part.startsWith('-') !== holds
  })
}
