import type { Api } from '../../support/start-api.ts'
import { compareCounts } from './compare-counts.ts'
import { compareCountExport, compareReportExport, mostRows, workbook } from './compare-exports.ts'
import { compareList, listed } from './compare-lists.ts'
import { compareTimeline } from './compare-timelines.ts'
import type { Operation } from './contract.ts'
import { knownDimensions } from './counts.ts'
import type { Dice } from './dice.ts'
import { filters, type Query } from './filters.ts'
import type { Asker, ModelReport } from './model-report.ts'

export interface World {
  api: Api
  reports: readonly ModelReport[]
}

/** Something that is asked with filters, and what the model says to it. */
export interface Question {
  path: string
  /** The whole query of filters drawn before; undefined where it cannot be asked with them. */
  draw(dice: Dice, asked: Query, asker: Asker): Query | undefined
  /** @returns what they disagree about */
  compare(asker: Asker, query: Query): Promise<string | undefined>
}

const ofPages = ['fields', 'sort', 'limit', 'cursor']
const ofCounts = ['groupBy', 'regionLevel', 'zeros']
const ofTimelines = ['interval', 'splitBy', 'regionLevel']

type Contract = (path: string) => Operation | undefined

/** All that the contract lets ask with filters. @throws where it knows words that the model does not */
export function questionsOf(contract: Contract, world: World) {
  const list = operationOf(contract, '/v1/reports', ofPages)
  const counts = operationOf(contract, '/v1/statistics/counts', ofCounts)
  const timeline = contract('/v1/statistics/timeline') && operationOf(contract, '/v1/statistics/timeline', ofTimelines)
  const isExported = ({ mediaTypes }: Operation) => mediaTypes.includes('text/csv')
  return {
    filters: list.parameters.filter((name) => !ofPages.includes(name)),
    questions: [
      ...list.words('sort').map((sort) => listIn(sort, world)),
      countsOf(counts, world),
      ...(timeline ? [timelineOf(timeline, world)] : []),
      ...(isExported(list) ? [reportsAs(list, world)] : []),
      ...(isExported(counts) ? [countsAs(counts, world)] : []),
    ],
  }
}

function operationOf(contract: Contract, path: string, beside: string[]): Operation {
  const operation = contract(path)
  if (!operation) throw new Error(`The contract has no GET ${path}`)
  const unknown = operation.parameters.filter((name) => !beside.includes(name) && !filters[name])
  const dimensions = [...operation.words('groupBy'), ...operation.words('splitBy')].filter(
    (name) => !knownDimensions.includes(name),
  )
  if (unknown.length + dimensions.length > 0)
    throw new Error(`The model of ${path} lacks ${[...unknown, ...dimensions]}`)
  return operation
}

function listIn(sort: string, { api, reports }: World): Question {
  return {
    path: '/v1/reports',
    draw(dice, asked, asker) {
      if (sort === 'relevance' && asked.q === undefined) return undefined
      const many = listed(reports, asker, asked, api.time.now.getTime()).length
      // One page or several, often with a last one that is full.
      const limit = Math.min(200, Math.max(1, Math.ceil(many / dice.pick([1, 1, 2, 3, 7]))))
      // In one order with what is shown; in the others, ids tell enough.
      const isWhole = sort === '-occurredAt' && dice.oneIn(2)
      const fields = isWhole ? dice.pick([undefined, undefined, '*', 'number,classification']) : 'id'
      return { ...asked, sort, limit: String(limit), ...(fields && { fields }) }
    },
    compare: (asker, query) => compareList(api, reports, asker, query),
  }
}

function countsOf(operation: Operation, { api, reports }: World): Question {
  return {
    path: '/v1/statistics/counts',
    draw: (dice, asked) => drawCounts(dice, operation, asked),
    compare: (asker, query) => compareCounts(api, reports, asker, query),
  }
}

function drawCounts(dice: Dice, operation: Operation, asked: Query): Query {
  const dimensions = dice.some(operation.words('groupBy'), 1 + dice.below(4))
  const groupBy = dimensions.join()
  const level = dice.oneIn(2) ? dice.pick(operation.words('regionLevel')) : undefined
  // Of many dimensions they would be tens of thousands.
  const zeros = dimensions.length < 3 && dice.oneIn(3) ? 'true' : undefined
  return { ...only(operation, asked), groupBy, ...(level && { regionLevel: level }), ...(zeros && { zeros }) }
}

function timelineOf(operation: Operation, { api, reports }: World): Question {
  return {
    path: '/v1/statistics/timeline',
    draw(dice, asked) {
      const interval = dice.pick(operation.words('interval'))
      const splitBy = dice.oneIn(6) ? undefined : dice.pick(operation.words('splitBy'))
      const level = splitBy === 'region' && dice.oneIn(2) ? dice.pick(operation.words('regionLevel')) : undefined
      return { ...only(operation, asked), interval, ...(splitBy && { splitBy }), ...(level && { regionLevel: level }) }
    },
    compare: (asker, query) => compareTimeline(api, reports, asker, query),
  }
}

/** The media type stands in the query as `type`, and travels as `Accept`. */
function reportsAs({ mediaTypes, words }: Operation, { api, reports }: World): Question {
  const types = mediaTypes.filter((type) => type !== 'application/json')
  return {
    path: '/v1/reports',
    draw(dice, asked, asker) {
      const many = listed(reports, asker, asked, api.time.now.getTime()).length
      const type = dice.pick(many > mostRows ? types.filter((each) => each !== workbook) : types)
      return { ...asked, type, sort: dice.pick(words('sort').filter((sort) => sort !== 'relevance')) }
    },
    compare: (asker, query) => compareReportExport(api, reports, asker, query),
  }
}

function countsAs(operation: Operation, { api, reports }: World): Question {
  const types = operation.mediaTypes.filter((type) => type !== 'application/json')
  return {
    path: '/v1/statistics/counts',
    draw: (dice, asked) => ({ ...drawCounts(dice, operation, asked), type: dice.pick(types) }),
    compare: (asker, query) => compareCountExport(api, reports, asker, query),
  }
}

/** Those parameters that an operation has, with those of their words that it knows. */
function only({ parameters, words }: Operation, query: Query): Query {
  const kept = Object.entries(query).flatMap(([name, value]): [string, string][] => {
    const known = words(name)
    const said = known.length > 0 ? value.split(',').filter((word) => known.includes(word)) : [value]
    return parameters.includes(name) && said.length > 0 ? [[name, said.join()]] : []
  })
  return Object.fromEntries(kept)
}
