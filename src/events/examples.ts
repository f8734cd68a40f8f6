/** Pages of events in wire form. */
export const eventPages = {
  'a report was posted': {
    items: [
      {
        id: '0193639c-8f4e-7c1b-9d2a-6f1e0c5b7a10',
        sequence: 48212,
        type: 'report.submitted',
        subject: { id: '0193639c-8f4d-7f0a-8c3b-2a5d9e71c604', version: 1 },
        report: '0193639c-8f4d-7f0a-8c3b-2a5d9e71c604',
        office: '74.71',
        region: { province: '74', regency: '74.71' },
        handling: 'restricted',
        occurredAt: '2024-11-25T14:30:00.000Z',
      },
    ],
    next: 48212,
  },
  'a release, as an agency reads of it': {
    items: [
      {
        id: '0193639d-1b02-7c44-8f57-90d3b6a2e815',
        sequence: 48230,
        type: 'release.published',
        subject: { id: '0193639d-1afe-7b12-9c40-5e8f7a1d2b63', version: 1 },
        report: null,
        office: null,
        region: { province: null, regency: null },
        handling: 'restricted',
        occurredAt: '2024-11-25T15:02:11.480Z',
      },
    ],
    next: 48230,
  },
  'nothing for the caller': { items: [], next: 48300 },
}
