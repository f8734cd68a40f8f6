import type { Query } from './filters.ts'

/**
 * The smallest query in which a disagreement shows: parameters are left out one by one, then words out of lists, for as long
 * as it still does.
 * @param disagreement of a query; undefined where both say the same, or where the query is refused
 */
export async function shrink(
  query: Query,
  disagreement: (query: Query) => Promise<string | undefined>,
): Promise<Query> {
  for (const smaller of smallerOnes(query)) {
    if ((await disagreement(smaller)) !== undefined) return shrink(smaller, disagreement)
  }
  return query
}

function smallerOnes(query: Query): Query[] {
  const names = Object.keys(query)
  const without = names.map((name) => Object.fromEntries(Object.entries(query).filter(([other]) => other !== name)))
  const shorter = names.flatMap((name) => {
    const items = query[name]?.split(',') ?? []
    if (items.length < 2) return []
    return items.map((_, at) => ({ ...query, [name]: items.filter((_, other) => other !== at).join(',') }))
  })
  return [...without, ...shorter]
}
