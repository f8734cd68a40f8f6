/** What the texts are made of: few words, so that many reports share them; some in several forms, some with accents, some stop words. */
export const textWords = [
  ...['perusakan', 'merusak', 'dirusak', 'pembakaran', 'membakar', 'dibakar', 'baliho', 'spanduk', 'gudang', 'logistik'],
  ...['kampanye', 'hoaks', 'warga', 'saksi', 'surat', 'suara', 'polisi', 'pasar', 'kafé', 'kafe', 'Désa', 'desa'],
  ...['yang', 'dan', 'di', 'dari', 'ini'],
]
export const incidentTypes = ['perusakan_apk', 'politik_uang', 'hoaks_disinformasi', 'logistik', 'unjuk_rasa', 'lainnya']
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
