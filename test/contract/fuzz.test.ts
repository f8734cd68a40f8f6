import { readFile } from 'node:fs/promises'
import t from 'tap'
import { fuzz } from '../../bench/fuzz/campaign.ts'
import { Contract } from '../../bench/fuzz/contract.ts'
import { anySeed } from '../../bench/fuzz/options.ts'
import { complaintsOf, describe } from '../../bench/fuzz/report.ts'
import { makeWorld } from '../../bench/fuzz/world.ts'
import { startApi } from '../support/start-api.ts'

// A seed that found something is given again by WASPADA_FUZZ_SEED.
const seed = Number(process.env.WASPADA_FUZZ_SEED ?? anySeed())

t.test('whatever is sent, the answer is one that the contract documents', async (t) => {
  const { app, adminUrl, keys, config, time, chain } = await startApi(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const contract = new Contract()
  const world = await makeWorld({ address, adminUrl, keys, trusted: config, now: time.now, chained: chain })
  const outcome = await fuzz(contract, world, { requests: 5000, seed, inFlight: 8 })
  const violations = outcome.violations.map((violation) => describe(violation, world))
  t.same(complaintsOf(contract, outcome), [], `seed ${seed}\n${violations.join('\n')}`)
})

t.test('an answer that the document does not know is found, and its request made small', async (t) => {
  const { app, adminUrl, keys, config, time, chain } = await startApi(t)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const document = JSON.parse(await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'))
  delete document.paths['/v1/reports'].post.responses['201']
  document.components.schemas.Me.required.push('nothing')
  const contract = new Contract(JSON.stringify(document))
  const world = await makeWorld({ address, adminUrl, keys, trusted: config, now: time.now, chained: chain })
  const { violations } = await fuzz(contract, world, { requests: 2000, seed: 7, inFlight: 8 })
  const found = violations.map(({ fault, attempt }) => `${attempt.operation?.id}: ${fault}`).sort()
  t.equal(found.length, 2)
  t.match(found[0], /^getMe: status 200 with a body that breaks its schema: .* must have required property 'nothing'/)
  t.match(found[1], 'submitReport: status 201 is not documented')
  t.same(
    violations.map(({ attempt }) => attempt.changes),
    [[], []],
    'nothing need be spoilt',
  )
})
