/** The case system of the office of Kota Kendari comes on board. */
export const addClientExample = {
  clientId: 'kesbangpol-74.71',
  office: '74.71',
  name: 'Kesbangpol Kota Kendari',
  scopes: ['reports:submit', 'reports:read'],
  clearance: 'restricted',
  credential: { kind: 'secret' },
}

export const clientExample = {
  clientId: 'kesbangpol-74.71',
  tier: 'regency',
  office: '74.71',
  agency: null,
  name: 'Kesbangpol Kota Kendari',
  scopes: ['reports:submit', 'reports:read'],
  clearance: 'restricted',
  disabled: false,
  disabledAt: null,
  tokensValidFrom: null,
  version: 1,
  createdAt: '2024-11-20T02:00:00.000Z',
  credentials: [
    {
      id: '01934756-5500-7f2a-8a70-4b0c5d6e7f81',
      kind: 'secret',
      kid: null,
      createdAt: '2024-11-20T02:00:00.000Z',
      expiresAt: null,
    },
  ],
}

export const clientWithSecretExample = { ...clientExample, secret: `wsp_${'EXAMPLE'.repeat(6)}0` }

export const rotateCredentialsExample = { credential: { kind: 'secret' }, overlapHours: 0, revokeTokens: true }
