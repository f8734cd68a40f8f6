import type { LightMyRequestResponse } from 'fastify'
import { handlingLevels, officeLevelOf } from '../../../src/access/vocabulary.ts'
import { statuses } from '../../../src/reports/vocabulary.ts'
import { aReportIn } from '../../support/a-report.ts'
import { type Caller, cleared, covers, isNational, sees, type Thing } from './model.ts'
import type { FollowUp, Report, Request, World } from './world.ts'

/** One question, and what the model expects of one caller: a status, and what is wrong with a success if anything is. */
export interface Cell {
  what: string
  request: Request
  status: number
  wrong?: (answer: LightMyRequestResponse) => string | null
}

/** What the model says of one operation of the contract. */
export interface Operation {
  needs: string
  cells(caller: Caller, world: World): Cell[]
}

const missingId = '0190c8f0-0000-7000-8000-000000000000'
const get = (url: string, headers?: Record<string, string>): Request => ({
  method: 'GET',
  url,
  ...(headers && { headers }),
})

/** For what everybody with a token knows, or everybody. */
const open = (needs: string, ...urls: string[]): Operation => ({
  needs,
  cells: () => urls.map((url) => ({ what: url, request: get(url), status: 200 })),
})

/** An id that one may see answers; any other answers as one that nobody has. */
function byId<T extends Thing & { id: string }>(
  things: T[],
  may: (thing: T) => boolean,
  request: (id: string) => Request,
) {
  const cells: Cell[] = [
    { what: 'an id that nobody has', request: request(missingId), status: 404 },
    { what: 'no id at all', request: request('not-an-id'), status: 404 },
  ]
  for (const thing of things) {
    const what = `${thing.region} ${thing.handling} ${'status' in thing ? thing.status : ''}`
    const wrong = (answer: LightMyRequestResponse) => (answer.json().id === thing.id ? null : 'another one')
    cells.push({ what, request: request(thing.id), status: may(thing) ? 200 : 404, wrong })
  }
  return cells
}

/** A list gives exactly the expected ones. */
function list(url: string, expected: { id: string }[], headers?: Record<string, string>): Cell {
  return {
    what: url,
    request: get(url, headers),
    status: 200,
    wrong(answer) {
      const items: { id?: string; report?: { id: string } }[] = answer.json().items
      const got = items.map(({ id, report }) => report?.id ?? id).sort()
      const wanted = expected.map(({ id }) => id).sort()
      return JSON.stringify(got) === JSON.stringify(wanted) ? null : `${got.length} in place of ${wanted.length}`
    },
  }
}

const findReport: Operation = {
  needs: 'reports:read',
  cells(caller, { reports, grant }) {
    const seen = (report: Report) => sees(caller, report)
    const submitted = reports.filter(({ status }) => status === 'submitted')
    const conditional = byId(submitted, seen, (id) => get(`/v1/reports/${id}`, { 'if-none-match': '*' }))
    const unmodified = conditional.map(({ wrong: _body, ...cell }) => ({
      ...cell,
      status: cell.status === 200 ? 304 : 404,
    }))
    const holder = caller.name === '00-restricted'
    const through = reports.map(({ id }) => get(`/v1/reports/${id}`, { 'break-glass': grant.id }))
    const foreign = holder ? 200 : isNational(caller) ? 400 : 403
    const glass = through.map((request): Cell => ({ what: 'through the glass', request, status: foreign }))
    return [
      ...byId(reports, seen, (id) => get(`/v1/reports/${id}`)),
      ...unmodified,
      ...glass.slice(0, holder ? undefined : 2),
    ]
  },
}

const listReports: Operation = {
  needs: 'reports:read',
  cells(caller, { reports, grant }) {
    const seen = reports.filter((report) => sees(caller, report))
    const within = (region: string) =>
      seen.filter((report) => report.region === region || report.region.startsWith(`${region}.`))
    const all = '/v1/reports?limit=200'
    const glass = caller.name === '00-restricted' ? [list(all, reports, { 'break-glass': grant.id })] : []
    return [
      list(all, seen),
      list(`${all}&fields=*&sort=receivedAt`, seen),
      ...['74', '74.71', '74.01', '51', '51.71'].map((region) => list(`${all}&region=${region}`, within(region))),
      ...statuses.map((status) =>
        list(
          `${all}&status=${status}`,
          seen.filter((report) => report.status === status),
        ),
      ),
      list(
        `${all}&election=pilkada-2024&stage=masa_tenang&anyStage=true`,
        seen.filter(({ region }) => region !== '00'),
      ),
      list(`${all}&severity=low,high,critical`, []),
      ...glass,
      { what: 'a filter that is none', request: get('/v1/reports?handling=secret'), status: 400 },
      { what: 'a cursor that is none', request: get('/v1/reports?cursor=AAAA'), status: 400 },
    ]
  },
}

const submitReport: Operation = {
  needs: 'reports:submit',
  cells: (caller) =>
    ['74.71', '74.01', '51.71', '74', '51', '00', '74.71.01'].flatMap((region) =>
      handlingLevels.map((handling) => ({
        what: `${region} ${handling}`,
        request: { method: 'POST', url: '/v1/reports', body: aReportIn(region, { handling }) },
        status: covers(caller, region) && cleared(caller, handling) ? 201 : 422,
      })),
    ),
}

const submitBatch: Operation = {
  needs: 'reports:submit',
  cells: (caller) => {
    const places = ['74.71', '74.01', '51.71', '74', '51', '00'].flatMap((region) =>
      handlingLevels.map((handling) => ({ region, handling })),
    )
    const body = places.map(({ region, handling }) =>
      aReportIn(region, { handling, clientReference: `${caller.name}/${region}/${handling}` }),
    )
    const expected = places.map(({ region, handling }) =>
      covers(caller, region) && cleared(caller, handling) ? 'valid' : 'invalid',
    )
    const wrong = (answer: LightMyRequestResponse) => {
      const got = answer.json().items.map(({ result }: { result: string }) => result)
      return JSON.stringify(got) === JSON.stringify(expected) ? null : got.join()
    }
    const request: Request = { method: 'POST', url: '/v1/reports/batch?dryRun=true', body }
    return [{ what: 'every place and handling', request, status: 200, wrong }]
  },
}

/** A change of a version that does not stand: stale to whoever sees the report, and not found to everybody else. */
function staleChange(needs: string, method: Request['method'], path: string, body?: unknown): Operation {
  const request = (id: string): Request => ({
    method,
    url: `/v1/reports/${id}${path}`,
    headers: { 'if-match': `"${id}.999"` },
    ...(body !== undefined && { body }),
  })
  return {
    needs,
    cells: (caller, { reports }) => {
      const submitted = reports.filter(({ status }) => status === 'submitted')
      return byId(submitted, (report) => sees(caller, report), request).map(({ wrong: _body, ...cell }) => ({
        ...cell,
        status: cell.status === 200 ? 412 : 404,
      }))
    },
  }
}

const task = { action: 'Matriks: siapa yang boleh.', dueOn: '2024-12-31' }

const standsAlone = ({ reportId }: FollowUp) => reportId === null

const findFollowUp: Operation = {
  needs: 'reports:read',
  cells: (caller, { followUps }) =>
    byId(
      followUps,
      (followUp) => sees(caller, followUp),
      (id) => get(`/v1/follow-ups/${id}`),
    ),
}

/** A page of what belongs to one thing, for whoever sees the thing. */
function itemsOf<T extends Thing & { id: string }>(
  things: T[],
  caller: Caller,
  page: (id: string) => { url: string; items: number },
): Cell[] {
  const cells = byId(
    things,
    (thing) => sees(caller, thing),
    (id) => get(page(id).url),
  )
  const wrong = (answer: LightMyRequestResponse) =>
    answer.json().items.length === page('').items ? null : 'too many or few'
  return cells.map((cell) => ({ ...cell, ...(cell.wrong && { wrong }) }))
}

const listFollowUps: Operation = {
  needs: 'reports:read',
  cells(caller, { followUps }) {
    const seen = followUps.filter((followUp) => sees(caller, followUp))
    const all = '/v1/follow-ups?limit=200'
    const some = (query: string, chosen: (each: FollowUp) => boolean) => list(`${all}&${query}`, seen.filter(chosen))
    return [
      list(all, seen),
      some('sort=-addedAt&status=planned&overdue=false', () => true),
      some('overdue=true', () => false),
      ...['74', '74.71'].map((region) =>
        some(`region=${region}`, (each) => `${each.region}.`.startsWith(`${region}.`)),
      ),
      ...['00', '51.71'].flatMap((office) =>
        [`office=${office}`, `responsibleOffice=${office}`].map((query) =>
          some(query, ({ region }) => region === office),
        ),
      ),
      ...followUps
        .filter((each) => !standsAlone(each) && each.handling === 'secret')
        .map(({ reportId }) => some(`reportId=${reportId}`, (each) => each.reportId === reportId)),
      { what: 'a cursor that is none', request: get('/v1/follow-ups?cursor=AAAA'), status: 400 },
/** With a deadline that has passed: refused to whoever sees the report, and not found to everybody else. */
const askQuestion: Operation = {
  needs: 'reports:verify',
  cells: (caller, { reports }) =>
    byId(
      reports.filter(({ status }) => status === 'submitted'),
      (report) => sees(caller, report),
      (id) => ({
        method: 'POST',
        url: `/v1/reports/${id}/questions`,
        body: { text: 'Matriks: siapa yang boleh bertanya?', dueAt: '2024-01-01T00:00:00Z' },
      }),
    ).map(({ wrong: _body, ...cell }) => ({ ...cell, status: cell.status === 200 ? 422 : 404 })),
}

/** A question is seen where its report is, and nowhere under another one. */
function ofQuestions(needs: string, seenStatus: number, request: (url: string) => Request): Operation {
  return {
    needs,
    cells: (caller, { questions, reports }) => {
      const urlOf = (id: string) => {
        const report = questions.find((each) => each.id === id)?.report ?? reports[0]
        return `/v1/reports/${report?.id}/questions/${id}`
      }
      const cells = byId(
        questions,
        (question) => sees(caller, question),
        (id) => request(urlOf(id)),
      ).map(({ wrong, ...cell }) => ({
        ...cell,
        status: cell.status === 200 ? seenStatus : 404,
        ...(seenStatus === 200 && wrong && { wrong }),
      }))
      const [one, other] = questions
      const misplaced = request(`/v1/reports/${other?.report.id}/questions/${one?.id}`)
      return [...cells, { what: 'of another report', request: misplaced, status: 404 }]
    },
  }
}

const questionsOfReport: Operation = {
  needs: 'reports:read',
  cells: (caller, { reports, questions }) =>
    byId(
      reports.filter(({ status }) => status === 'submitted' || status === 'closed'),
      (report) => sees(caller, report),
      (id) => get(`/v1/reports/${id}/questions`),
    ).map(({ wrong: _body, ...cell }) => ({
      ...cell,
      wrong(answer) {
        const [, , , id] = cell.request.url.split('/')
        const wanted = questions.flatMap((question) => (question.report.id === id ? [question.id] : []))
        const got = answer.json().items.map((item: { id: string }) => item.id)
        return JSON.stringify(got) === JSON.stringify(wanted) ? null : `${got.length} in place of ${wanted.length}`
const situations = '/v1/situation-reports'

const findSituationReport: Operation = {
  needs: 'reports:read',
  cells: (caller, { situationReports }) =>
    byId(
      situationReports,
      (report) => sees(caller, report),
      (id) => get(`${situations}/${id}`),
    ),
}

const listSituationReports: Operation = {
  needs: 'reports:read',
  cells(caller, { situationReports }) {
    const seen = situationReports.filter((report) => sees(caller, report))
    const of = (office: string) => seen.filter(({ region }) => region === office)
    return [
      list(`${situations}?limit=200`, seen),
      ...['74', '74.71', '00'].map((office) => list(`${situations}?limit=200&office=${office}`, of(office))),
      list(
        `${situations}?limit=200&region=74`,
        seen.filter(({ region }) => region.startsWith('74')),
      ),
    ]
  },
}

/** An office reports for itself, exercises here, each caller on days of its own. */
const submitSituationReport: Operation = {
  needs: 'reports:submit',
  cells: (caller, { callers }) =>
    handlingLevels.map((handling, index) => {
      const day = new Date(Date.UTC(2024, 5, 1 + callers.indexOf(caller) * handlingLevels.length + index))
      const period = day.toISOString().slice(0, 10)
      const body = { kind: 'daily', period, nothingToReport: true, exercise: true, handling }
      return {
        what: handling,
        request: { method: 'POST', url: situations, body },
        status: cleared(caller, handling) ? 201 : 422,
      }
    }),
}

/** A version that does not stand: stale to its own office, for others to see alone, and not found to everybody else. */
const correctSituationReport: Operation = {
  needs: 'reports:submit',
  cells: (caller, { situationReports }) => {
    const request = (id: string): Request => ({
      method: 'PATCH',
      url: `${situations}/${id}`,
      headers: { 'if-match': `"${id}.999"` },
      body: { situation: 'Matriks: siapa yang boleh.' },
    })
    const own = ({ region }: Thing) => 'region' in caller.place && caller.place.region === region
    return byId(situationReports, (report) => sees(caller, report), request).map(({ wrong: _body, ...cell }) => {
      const report = situationReports.find(({ id }) => cell.request.url.endsWith(id))
      const refused = report && own(report) ? 412 : 409
      return { ...cell, status: cell.status === 200 ? refused : 404 }
    })
  },
}

/** Each office within reach with its receipt, and its report for those alone who are cleared for it. */
const getReportingStatus: Operation = {
  needs: 'reports:read',
  cells: (caller, { situationReports }) =>
    handlingLevels.map((handling, index) => ({
      what: handling,
      request: get(`/v1/reporting-status?period=2024-11-0${index + 1}`),
      status: 200,
      wrong(answer) {
        const items: { office: string; status: string; situationReport: string | null }[] = answer.json().items
        if (!items.every(({ office }) => covers(caller, office))) return 'an office out of reach'
        const told = items
          .filter(({ status }) => status !== 'silent')
          .map((each) => [each.office, each.situationReport])
        const expected = situationReports
          .filter((each) => each.handling === handling && each.region !== '00' && covers(caller, each.region))
          .map(({ region, id }) => [region, cleared(caller, handling) ? id : null])
        return JSON.stringify(told) === JSON.stringify(expected.sort()) ? null : JSON.stringify(told)
      },
    })),
}

/** What an office holds itself, and what it is asked: nothing that waits for others. */
const listInbox: Operation = {
  needs: 'reports:read',
  cells(caller, { reports, questions }) {
    if (!('region' in caller.place)) return []
    const { region } = caller.place
    const held = ({ office }: Report) => officeLevelOf(office) === officeLevelOf(region)
    const escalated = reports.filter((each) => each.status === 'escalated' && sees(caller, each) && held(each))
    const asked = questions.filter((each) => each.report.office === region && sees(caller, each))
    return [
      list('/v1/inbox?limit=200&kind=escalation', escalated),
      list(
        '/v1/inbox?limit=200&kind=question',
        asked.map(({ report }) => report),
      ),
      list('/v1/inbox?limit=200&kind=flash,overdue', []),
    ]
  },
}

/** Who sees a report may give something to do about it, but not to an office that could not see it. */
const addFollowUp: Operation = {
  needs: 'reports:submit',
  cells: (caller, { reports }) => {
    const submitted = reports.filter(({ status }) => status === 'submitted')
    const request = (id: string): Request => ({
      method: 'POST',
      url: `/v1/reports/${id}/follow-ups`,
      body: { ...task, responsibleOffice: '99' },
    })
    return byId(submitted, (report) => sees(caller, report), request).map(({ wrong: _body, ...cell }) => ({
      ...cell,
      status: cell.status === 200 ? 422 : 404,
    }))
  },
}

const addStandaloneFollowUp: Operation = {
  needs: 'reports:submit',
  cells: (caller) =>
    ['74.71', '51.71', '74', '00'].flatMap((region) =>
      handlingLevels.map((handling) => ({
        what: `${region} ${handling}`,
        request: {
          method: 'POST',
          url: '/v1/follow-ups',
          body: { ...task, regionCode: region, responsibleOffice: region, handling },
        },
        status: covers(caller, region) && cleared(caller, handling) ? 201 : 422,
      })),
    ),
}

const changeFollowUp: Operation = {
  needs: 'reports:submit',
  cells: (caller, { followUps }) => {
    const request = (id: string): Request => ({
      method: 'PATCH',
      url: `/v1/follow-ups/${id}`,
      headers: { 'if-match': `"${id}.999"` },
      body: { status: 'in_progress' },
    })
    const onReports = followUps.filter((followUp) => !standsAlone(followUp))
    return byId(onReports, (followUp) => sees(caller, followUp), request).map(({ wrong: _body, ...cell }) => ({
      ...cell,
      status: cell.status === 200 ? 412 : 404,
    }))
/** What happened to the reports that one sees; agencies see nothing. */
const listEvents: Operation = {
  needs: 'events:read',
  cells(caller, { reports, questions }) {
    const events = (type: string, expected: Thing[]): Cell => ({
      what: type,
      request: get(`/v1/events?limit=200&types=${type}`),
      status: 200,
      wrong(answer) {
        const got = answer.json().items.map(({ subject }: { subject: { id: string } }) => subject.id)
        const wanted = expected.map((thing) => (thing as Report).id)
        return JSON.stringify(got.sort()) === JSON.stringify(wanted.sort()) ? null : `${got.length} of ${wanted.length}`
      },
    })
    return [
      events(
        'report.submitted',
        reports.filter((report) => sees(caller, report)),
      ),
      events(
        'question.asked',
        questions.filter((question) => sees(caller, question)),
      ),
    ]
/** Links of the submitted reports, of which there are none, and likenesses, of which there are only such as the caller sees. */
function besides(path: string, wrong: NonNullable<Cell['wrong']>): Operation {
  return {
    needs: 'reports:read',
    cells: (caller, { reports }) =>
      byId(
        reports.filter(({ status }) => status === 'submitted'),
        (report) => sees(caller, report),
        (id) => get(`/v1/reports/${id}${path}`),
      ).map((cell) => ({ ...cell, ...(cell.wrong && { wrong }) })),
  }
}

const listSimilar: Operation = {
  needs: 'reports:read',
  cells(caller, world) {
    const seen = new Set(world.reports.filter((report) => sees(caller, report)).map(({ id }) => id))
    const hidden = (answer: LightMyRequestResponse) =>
      answer.json().items.some(({ report }: { report: { id: string } }) => !seen.has(report.id))
        ? 'one out of sight'
        : null
    return besides('/similar?limit=20', hidden).cells(caller, world)
  },
}

const explained = { reason: 'Matriks: siapa yang boleh.' }

const breakGlass = { reason: 'Matriks: siapa yang boleh membuka, dan sampai di mana.' }

const openBreakGlass: Operation = {
  needs: 'access:break-glass',
  cells: (caller) =>
    (['restricted', 'secret', 'top_secret'] as const).map((clearance) => ({
      what: clearance,
      request: { method: 'POST', url: '/v1/access/break-glass', body: { ...breakGlass, clearance } },
      status: cleared(caller, clearance) ? 422 : 201,
    })),
}

const closeBreakGlass: Operation = {
  needs: 'access:break-glass',
  cells: (_caller, { grant }) =>
    [missingId, 'not-an-id', grant.id].map((id) => ({
      what: id === grant.id ? "another's grant" : 'no grant',
      request: { method: 'DELETE', url: `/v1/access/break-glass/${id}` },
      status: _caller.name === '00-restricted' && id === grant.id ? 204 : 404,
    })),
}

/** A file is seen by whoever sees its report. */
function ofFile(path: string, wrong?: (id: string) => Cell['wrong']): Operation {
  return {
    needs: 'reports:read',
    cells: (caller, { reports, attached }) =>
      reports
        .filter(({ id }) => attached.has(id))
        .flatMap((report) => {
          const [id, what] = [attached.get(report.id) as string, `${report.region} ${report.handling}`]
          const at = (file: string) => get(`/v1/reports/${report.id}/attachments/${file}${path}`)
          const seen = sees(caller, report)
          return [
            {
              what,
              request: at(id),
              status: seen ? 200 : 404,
              ...(wrong && { wrong: wrong(id) as NonNullable<Cell['wrong']> }),
            },
            { what: `no file of ${what}`, request: at(missingId), status: 404 },
          ]
        }),
  }
}

/** What no report has, nobody finds; a file of a report is stale to whoever sees it, and not found to everybody else. */
function changeOfFile(request: (report: string, file: string) => Request, seen: number): Operation {
  return {
    needs: 'reports:submit',
    cells: (caller, { reports, attached }) =>
      reports
        .filter(({ id }) => attached.has(id))
        .map((report) => ({
          what: `${report.region} ${report.handling}`,
          request: request(report.id, attached.get(report.id) as string),
          status: sees(caller, report) ? seen : 404,
        })),
  }
}

/** An upload is known to the client that sends it alone; to the nation these are done. */
function ofUpload(method: Request['method'], done: number, headers?: Record<string, string>): Operation {
  return {
    needs: 'reports:submit',
    cells: (caller, { reports, attached }) =>
      reports
        .filter(({ id }) => attached.has(id))
        .map((report) => ({
          what: `${report.region} ${report.handling}`,
          request: {
            method,
            url: `/v1/reports/${report.id}/uploads/${attached.get(report.id)}`,
            ...(headers && { headers }),
          },
          status: caller.name === '00-top_secret' ? done : 404,
        })),
  }
}

/** Too large to be begun, and so known to nobody; refused before the report is looked at. */
const beginUpload: Operation = {
  needs: 'reports:submit',
  cells: (_caller, { reports }) =>
    reports.slice(0, 2).map(({ id }) => ({
      what: 'a file that is too large',
      request: {
        method: 'POST',
        url: `/v1/reports/${id}/attachments`,
        headers: { 'upload-length': '26214401', 'upload-metadata': 'filename Zm90by5qcGc=' },
      },
      status: 413,
    })),
}

const bytes = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }

/** An auditor reads of what they are cleared for, and of nothing else. */
const listAudit: Operation = {
  needs: 'audit:read',
  cells: (caller, { reports }) =>
    reports
      .filter(({ status }) => status === 'submitted')
      .map(({ id, region, handling }) => ({
        what: `${region} ${handling}`,
        request: get(`/v1/audit?action=report.submitted&resourceId=${id}`),
        status: 200,
        wrong: (answer) => {
          const told = answer.json().items.map(({ resource }: { resource: { id: string } }) => resource.id)
          const expected = cleared(caller, handling) ? [id] : []
          return JSON.stringify(told) === JSON.stringify(expected) ? null : `${told.length} entries`
        },
      })),
}

const credential = { kind: 'secret' }

const addClient: Operation = {
  needs: 'clients:manage',
  cells: (caller) =>
    handlingLevels.map((clearance) => ({
      what: clearance,
      request: {
        method: 'POST',
        url: '/v1/clients',
        body: {
          clientId: `new-${clearance}-${caller.name}`,
          office: '51.71',
          scopes: ['reports:read'],
          clearance,
          credential,
        },
      },
      status: cleared(caller, clearance) ? 201 : 422,
    })),
}

/** An administrator changes no client that is cleared further than they are. */
function administered(purpose: string, send: (url: string) => Pick<Request, 'method' | 'url' | 'body'>): Operation {
  return {
    needs: 'clients:manage',
    cells(caller) {
      const cell = (id: string, status: number): Cell => {
        const request = { ...send(`/v1/clients/${id}`), headers: { 'if-match': `"${id}.1"` } }
        return { what: id, request, status }
      }
      const known = handlingLevels.map((clearance) =>
        cell(`${purpose}-${clearance}-${caller.name}`, cleared(caller, clearance) ? 200 : 409),
      )
      return [...known, cell('nobody', 404)]
    },
  }
}

const grantToken: Operation = {
  needs: 'public',
  cells: ({ name }) => {
    const guess = (client: string): Request => ({
      method: 'POST',
      url: '/oauth/token',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${client}:wsp_guess`).toString('base64')}`,
      },
      body: 'grant_type=client_credentials',
    })
    return [
      { what: 'no client', request: guess('nobody'), status: 401 },
      { what: 'a client with no credential', request: guess(name), status: 401 },
    ]
  },
}

/** Every operation of the contract; what changes the world comes last. */
export const operations: Record<string, Operation> = {
  getLiveness: open('public', '/livez'),
  getReadiness: open('public', '/readyz'),
  getMe: open('authenticated', '/v1/me'),
  listOffices: open('authenticated', '/v1/offices', '/v1/offices?province=74'),
  listRegions: open('authenticated', '/v1/regions', '/v1/regions?q=kendari'),
  findRegion: open('authenticated', '/v1/regions/74.71', '/v1/regions/51'),
  listElections: open('authenticated', '/v1/elections'),
  findElection: open('authenticated', '/v1/elections/pilkada-2024'),
  listStages: open('authenticated', '/v1/stages?region=74.71&on=2024-11-25'),
  listIncidentTypes: open('authenticated', '/v1/incident-types'),
  findReport,
  listReports,
  listLinks: besides('/links', (answer) => (answer.json().items.length === 0 ? null : 'a link from nowhere')),
  listSimilar,
  listBreakGlass: {
    needs: 'reports:read',
    cells: (caller, { grant }) => [
      list(
        '/v1/access/break-glass?limit=200',
        grant.through.filter((report) => sees(caller, report)),
      ),
    ],
  },
  getResourceMetadata: open('public', '/.well-known/oauth-protected-resource'),
  getIssuerMetadata: open('public', '/.well-known/oauth-authorization-server'),
  listSigningKeys: open('public', '/oauth/jwks'),
  grantToken,
  listClients: open('clients:manage', '/v1/clients', '/v1/clients?region=74', '/v1/clients?agency=bssn'),
  findClient: {
    needs: 'clients:manage',
    cells: (_caller, { callers }) => [
      ...callers.map(({ name }) => ({ what: name, request: get(`/v1/clients/${name}`), status: 200 })),
      { what: 'nobody', request: get('/v1/clients/nobody'), status: 404 },
    ],
  },
  listAudit,
  listQuestions: questionsOfReport,
  findQuestion: ofQuestions('reports:read', 200, get),
  listInbox,
  listEvents,
  submitReport,
  submitBatch,
  listRevisions: {
    needs: 'reports:read',
    cells: (caller, { reports }) =>
      byId(
        reports,
        (report) => sees(caller, report),
        (id) => get(`/v1/reports/${id}/revisions`),
      ).map((cell) => ({
        ...cell,
        ...(cell.wrong && { wrong: (answer) => (answer.json().items.length === 1 ? null : 'not the one version') }),
      })),
  },
  findFollowUp,
  listFollowUps,
  listReportFollowUps: {
    needs: 'reports:read',
    cells: (caller, { reports }) =>
      itemsOf(
        reports.filter(({ status }) => status === 'submitted'),
        caller,
        (id) => ({ url: `/v1/reports/${id}/follow-ups`, items: 1 }),
      ),
  },
  listFollowUpRevisions: {
    needs: 'reports:read',
    cells: (caller, { followUps }) =>
      itemsOf(followUps.filter(standsAlone), caller, (id) => ({ url: `/v1/follow-ups/${id}/revisions`, items: 1 })),
  },
  addFollowUp,
  changeFollowUp,
  addStandaloneFollowUp,
  listAttachments: {
    needs: 'reports:read',
    cells: (caller, { reports, attached }) =>
      byId(
        reports.filter(({ id }) => attached.has(id)),
        (report) => sees(caller, report),
        (id) => get(`/v1/reports/${id}/attachments`),
      ).map((cell) => ({
        ...cell,
        ...(cell.wrong && {
          wrong: (answer) => {
            const ids: string[] = answer.json().items.map(({ id }: { id: string }) => id)
            const report = cell.request.url.split('/')[3] as string
            return ids.length === 1 && ids[0] === attached.get(report) ? null : 'not its one file'
          },
        }),
      })),
  },
  findAttachment: ofFile('', (id) => (answer) => (answer.json().id === id ? null : 'another one')),
  readAttachment: ofFile('/content', () => (answer) => (answer.body === '%PDF-1.4 matriks' ? null : 'other bytes')),
  beginUpload,
  findUpload: ofUpload('GET', 200),
  sendBytes: ofUpload('PATCH', 409, bytes),
  endUpload: ofUpload('DELETE', 404),
  removeAttachment: changeOfFile(
    (report, file) => ({
      method: 'DELETE',
      url: `/v1/reports/${report}/attachments/${file}`,
      headers: { 'if-match': `"${file}.999"` },
    }),
    412,
  ),
  correctReport: staleChange('reports:submit', 'PATCH', '', { severity: 'high' }),
  withdrawReport: staleChange('reports:submit', 'POST', '/withdraw'),
  verifyReport: staleChange('reports:verify', 'POST', '/verify'),
  rejectReport: staleChange('reports:verify', 'POST', '/reject', explained),
  escalateReport: staleChange('reports:verify', 'POST', '/escalate'),
  returnReport: staleChange('reports:verify', 'POST', '/return', explained),
  closeReport: staleChange('reports:verify', 'POST', '/close', { outcome: 'Matriks: selesai.' }),
  reopenReport: staleChange('reports:verify', 'POST', '/reopen', explained),
  askQuestion,
  answerQuestion: ofQuestions('reports:submit', 412, (url) => ({
    method: 'POST',
    url: `${url}/answer`,
    headers: { 'if-match': '"stale"' },
    body: { text: 'Matriks: siapa yang boleh menjawab?' },
  })),
  linkReport: staleChange('reports:verify', 'POST', '/links', { type: 'follows', target: missingId }),
  unlinkReport: staleChange('reports:verify', 'DELETE', `/links/${missingId}`),
  findSituationReport,
  listSituationReports,
  submitSituationReport,
  listSituationRevisions: {
    needs: 'reports:read',
    cells: (caller, { situationReports }) =>
      byId(
        situationReports,
        (report) => sees(caller, report),
        (id) => get(`${situations}/${id}/revisions`),
      ).map(({ wrong: _body, ...cell }) => cell),
  },
  correctSituationReport,
  getReportingStatus,
  listReportingObligations: open('reports:read', '/v1/reporting-obligations'),
  openBreakGlass,
  closeBreakGlass,
  addClient,
  changeClient: administered('change', (url) => ({ method: 'PATCH', url, body: { name: 'Klien' } })),
  rotateCredentials: administered('rotate', (url) => ({ method: 'POST', url: `${url}/rotate`, body: { credential } })),
}
