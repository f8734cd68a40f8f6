import createClient from 'openapi-fetch'
import t from 'tap'
import type { components, paths } from 'waspada-client'
import { submitReportExample } from '../../src/reports/examples.ts'
import { type CallerName, callers } from '../support/callers.ts'
import { startApi } from '../support/start-api.ts'

/** A program of somebody else's: written against the generated types alone, over real HTTP. */
t.test('a client generated from the contract drives the service', async (t) => {
  const api = await startApi(t)
  const baseUrl = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const clientOf = async (name: CallerName) => {
    const token = await api.tokenOf(callers[name])
    // Lists in a query are one parameter, `stage=a,b`, as the contract says.
    const querySerializer = { array: { style: 'form', explode: false } } as const
    return createClient<paths, 'application/json' | 'application/problem+json'>({
      baseUrl,
      querySerializer,
      headers: { authorization: `Bearer ${token}` },
    })
  }
  const kendari = await clientOf('kendari')
  const bali = await clientOf('bali')

  const me = await kendari.GET('/v1/me')
  t.equal(me.data?.office?.name, 'Kesbangpol Kota Kendari')

  const regions = await kendari.GET('/v1/regions', { params: { query: { q: 'kota kendari', level: 'regency' } } })
  const regionCode = regions.data?.items[0]?.code ?? ''
  t.equal(regionCode, '74.71')

  const stages = await kendari.GET('/v1/stages', { params: { query: { region: regionCode, on: '2024-11-25' } } })
  t.equal(stages.data?.items[0]?.stage, 'masa_tenang')

  const body = submitReportExample as components['schemas']['SubmitReport']
  const posted = await kendari.POST('/v1/reports', { body })
  t.equal(posted.response.status, 201)
  const id = posted.data?.id ?? ''
  t.equal(posted.data?.classification.stages[0]?.election, 'pilkada-2024')

  const again = await kendari.POST('/v1/reports', { body })
  t.equal(again.data?.id, id)
  t.equal(again.response.headers.get('idempotent-replayed'), 'true')

  const read = await kendari.GET('/v1/reports/{id}', { params: { path: { id } } })
  t.same(read.data, posted.data)
  const listed = await kendari.GET('/v1/reports', {
    params: { query: { region: '74', stage: ['masa_tenang', 'kampanye'], election: ['pilkada-2024'] } },
  })
  t.same(
    listed.data?.items.map((item) => item.id),
    [id],
  )

  const foreign = await bali.GET('/v1/reports/{id}', { params: { path: { id } } })
  t.equal(foreign.response.status, 404)
  t.equal(foreign.error?.code, 'report_not_found')
  const refused = await kendari.POST('/v1/reports', { body: { ...body, subject: 'x' } })
  t.equal(refused.error?.code, 'body_invalid')
  t.same(refused.error?.errors?.[0]?.pointer, '/subject')
})
