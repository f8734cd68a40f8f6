import { slices } from './slices.ts'
import type { Table } from './table.ts'

/** A FeatureCollection (RFC 7946): a point an item, or no geometry where none is known, and the columns as flat properties. */
export async function* geojsonOf<Item>(table: Table<Item>): AsyncGenerator<string> {
  let before = '{"type":"FeatureCollection","features":['
  for await (const slice of slices(table)) {
    yield before + slice.map((text) => JSON.stringify(featureOf(table, JSON.parse(text)))).join(',\n')
    before = ',\n'
  }
  yield before === ',\n' ? ']}' : `${before}]}`
}

function featureOf<Item>({ columns, idOf, pointOf }: Table<Item>, item: Item) {
  const coordinates = pointOf(item)
  return {
    type: 'Feature',
    id: idOf(item),
    geometry: coordinates && { type: 'Point', coordinates },
    properties: Object.fromEntries(columns.map(({ name, value }) => [name, value(item)])),
  }
}
