import { storedReportExample } from '../reports/examples.ts'

/** Without a deadline: one that is past when the example is tried would be refused. */
export const askQuestionExample = {
  text: 'Apakah pelaku sudah dikenali, dan apakah pengawas pemilu sudah diberi tahu?',
}

export const answerQuestionExample = {
  text: 'Belum dikenali. Bawaslu Kota Kendari diberi tahu pukul 08.30 WITA.',
}

export const questionExample = {
  id: '0193639d-1c2e-7a40-8b53-2f60d9c4e871',
  reportId: storedReportExample.id,
  text: askQuestionExample.text,
  askedAt: '2024-11-26T00:10:00.000Z',
  askedBy: { office: '74', by: 'analis-74' },
  dueAt: '2024-11-26T04:00:00.000Z',
  answer: null,
  version: 1,
}

export const answeredExample = {
  ...questionExample,
  answer: { ...answerQuestionExample, answeredAt: '2024-11-26T00:40:00.000Z', by: 'petugas-74.71' },
  version: 2,
}
