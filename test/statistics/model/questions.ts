import type { Api } from '../../support/start-api.ts'
import { compareCounts } from './compare-counts.ts'
import { compareList, listed } from './compare-lists.ts'
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
  /** The whole query of filters drawn before. */
  draw(dice: Dice, asked: Query, asker: Asker): Query
  /** @returns what they disagree about */
  compare(asker: Asker, query: Query): Promise<string | undefined>
}

const ofPages = ['fields', 'sort', 'limit', 'cursor']
const ofCounts = ['groupBy', 'regionLevel', 'zeros']

/** All that the contract lets ask with filters. @throws where it knows words that the model does not */
export function questionsOf(contract: (path: string) => Operation | undefined, world: World) {
  const list = operationOf(contract, '/v1/reports', ofPages)
  const counts = operationOf(contract, '/v1/statistics/counts', ofCounts)
  return {
    filters: list.parameters.filter((name) => !ofPages.includes(name)),
    questions: [...list.words('sort').map((sort) => listIn(sort, world)), countsOf(counts, world)],
  }
}

function operationOf(contract: (path: string) => Operation | undefined, path: string, beside: string[]): Operation {
  const operation = contract(path)
  if (!operation) throw new Error(`The contract has no GET ${path}`)
  const unknown = operation.parameters.filter((name) => !beside.includes(name) && !filters[name])
  const dimensions = operation.words('groupBy').filter((name) => !knownDimensions.includes(name))
  if (unknown.length + dimensions.length > 0) throw new Error(`The model of ${path} lacks ${[...unknown, ...dimensions]}`)
  return operation
}

function listIn(sort: string, { api, reports }: World): Question {
  return {
    path: '/v1/reports',
    draw(dice, asked, asker) {
      const many = listed(reports, asker, asked, api.time.now.getTime()).length
      // One page or several, often with a last one that is full.
      const limit = Math.min(200, Math.max(1, Math.ceil(many / dice.pick([1, 1, 2, 3, 7]))))
      const fields = dice.pick([undefined, undefined, '*', 'number,handling,classification'])
      return { ...asked, sort, limit: String(limit), ...(fields && { fields }) }
    },
    compare: (asker, query) => compareList(api, reports, asker, query),
  }
}

function countsOf(operation: Operation, { api, reports }: World): Question {
  return {
    path: '/v1/statistics/counts',
    draw(dice, asked) {
      const groupBy = dice.some(operation.words('groupBy'), 1 + dice.below(4)).join()
      const level = dice.oneIn(2) ? dice.pick(operation.words('regionLevel')) : undefined
      return { ...only(operation, asked), groupBy, ...(level && { regionLevel: level }) }
    },
    compare: (asker, query) => compareCounts(api, reports, asker, query),
  }
}

/** Those parameters that an operation has. */
export function only({ parameters }: Operation, query: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([name]) => parameters.includes(name)))
}
