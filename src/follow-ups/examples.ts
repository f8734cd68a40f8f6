export const addFollowUpExample = {
  action: 'Patroli malam bersama Bawaslu dan Polsek Mandonga sampai hari pemungutan suara.',
  responsibleOffice: '74.71',
  dueOn: '2024-11-27',
}

export const addStandaloneFollowUpExample = {
  action: 'Petakan tempat pemungutan suara yang rawan bersama Bawaslu dan Polresta Kendari.',
  responsibleOffice: '74.71',
  dueOn: '2024-11-25',
  regionCode: '74.71',
  meeting: { title: 'Rapat Kewaspadaan Dini Kota Kendari', heldOn: '2024-11-20', place: 'Kantor Wali Kota Kendari' },
  recommendation: 'Perkuat kesiapsiagaan di kecamatan yang pernah rusuh pada pemilihan sebelumnya.',
}

export const followUpExample = {
  id: '01936419-3a00-7c1e-9a51-3f0a3c6e7b22',
  version: 1,
  reportId: '01936419-3a00-7c1e-9a51-3f0a3c6e7b21',
  regionCode: '74.71',
  handling: 'restricted',
  exercise: false,
  office: '74',
  ...addFollowUpExample,
  overdueFrom: '2024-11-27T16:00:00.000Z',
  status: 'planned',
  result: null,
  recommendation: null,
  meeting: null,
  addedAt: '2024-11-26T00:12:40.118Z',
  changedAt: '2024-11-26T00:12:40.118Z',
}
