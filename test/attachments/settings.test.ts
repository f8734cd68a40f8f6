import t from 'tap'
import { readConfig } from '../../src/config.ts'

const store = {
  WASPADA_S3_BUCKET: 'laporan',
  WASPADA_S3_ENDPOINT: 'https://s3.example',
  WASPADA_S3_ACCESS_KEY_ID: 'id',
  WASPADA_S3_SECRET_ACCESS_KEY: 'secret',
}

t.test('half a store refuses the start, and says what is missing', async (t) => {
  const refused: [string[], RegExp][] = [
    [['WASPADA_S3_BUCKET'], /WASPADA_S3_BUCKET: must be set/],
    [['WASPADA_S3_SECRET_ACCESS_KEY'], /WASPADA_S3_SECRET_ACCESS_KEY: must be set/],
    [['WASPADA_S3_ACCESS_KEY_ID'], /WASPADA_S3_ACCESS_KEY_ID: must be set/],
    [['WASPADA_S3_ACCESS_KEY_ID', 'WASPADA_S3_SECRET_ACCESS_KEY'], /for a store other than Amazon/],
  ]
  for (const [missing, message] of refused) {
    const some = Object.fromEntries(Object.entries(store).filter(([name]) => !missing.includes(name)))
    t.throws(() => readConfig(some), { message }, `without ${missing}`)
  }
  t.match(readConfig(store).attachments.s3, { bucket: 'laporan', credentials: { accessKeyId: 'id' } })
  t.match(readConfig({ WASPADA_S3_BUCKET: 'laporan' }).attachments.s3, { endpoint: null, credentials: null })
  t.equal(readConfig({}).attachments.s3, null)
  t.throws(() => readConfig({ WASPADA_OPEN_UPLOADS: '0' }), { message: /WASPADA_OPEN_UPLOADS/ })
})
