import t from 'tap'
import { loadIncidentTypes, parseIncidentTypes } from '../../src/incident-types/incident-type.ts'
import { readDataFile } from '../../src/regions/data-file.ts'

t.test('the incident types that come with the service are those of the domain', async (t) => {
  const types = await loadIncidentTypes()
  t.equal(
    types.map(({ code }) => code).join(' '),
    'hoaks_disinformasi politisasi_sara politik_uang netralitas_asn penyalahgunaan_wewenang intimidasi_ancaman ' +
      'bentrok_pendukung perusakan_apk perusakan_fasilitas unjuk_rasa sengketa_hasil pelanggaran_prosedur psu_psl_pss ' +
      'logistik data_pemilih bencana_alam serangan_siber kkb_separatis teror_radikal konflik_sosial kriminal_menonjol ' +
      'kecelakaan_petugas ekonomi_harga lainnya',
  )
  t.equal(new Set(types.flatMap(({ labelId, labelEn }) => [labelId, labelEn])).size, 48, 'every label is its own')
})

t.test('an incident type maps to ACLED where ACLED has its like', async (t) => {
  const types = await loadIncidentTypes()
  const mapped = types.flatMap(({ code, acled }) =>
    acled ? [[code, `${acled.eventType}: ${acled.subEventType}`]] : [],
  )
  t.same(Object.fromEntries(mapped), {
    intimidasi_ancaman: 'Violence against civilians: Attack',
    bentrok_pendukung: 'Riots: Mob violence',
    perusakan_apk: 'Strategic developments: Looting/property destruction',
    perusakan_fasilitas: 'Strategic developments: Looting/property destruction',
    unjuk_rasa: 'Protests: Peaceful protest',
    kkb_separatis: 'Battles: Armed clash',
  })
})

t.test('a faulty list of incident types is refused, every fault named', async (t) => {
  const [first] = (await readDataFile('incident-types.json')) as Record<string, unknown>[]

  t.throws(
    () =>
      parseIncidentTypes([
        { ...first, domain: 'weather', colour: 'red' },
        { ...first, label_id: ' ' },
      ]),
    {
      name: 'ReferenceDataError',
      faults: { length: 3, 0: /^\/0\/domain: /, 1: /^\/0: .*colour/, 2: /^\/1\/label_id: / },
    },
  )
  t.throws(() => parseIncidentTypes([first, first]), {
    name: 'ReferenceDataError',
    faults: ['hoaks_disinformasi is given twice'],
  })
  t.throws(() => parseIncidentTypes([]), { name: 'ReferenceDataError' })
  t.throws(() => parseIncidentTypes({}), { name: 'ReferenceDataError' })
  t.throws(() => parseIncidentTypes([{ ...first, code: 'Unjuk Rasa' }]), {
    name: 'ReferenceDataError',
    faults: [/^\/0\/code: /],
  })
})
