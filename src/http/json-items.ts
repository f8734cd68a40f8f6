/**
 * The text of each item of a JSON array, so that an item can be looked at as it was written.
 * @param text that `JSON.parse` has taken and found to be an array
 */
export function textsOfItems(text: string): string[] {
  const items: string[] = []
  let depth = 0
  let start = text.indexOf('[') + 1
  const marks = /["[\]{},]/g
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    const [sign] = mark
    if (sign === '"') marks.lastIndex = endOfString(text, mark.index + 1)
    else if (sign === '[' || sign === '{') depth += 1
    else if (sign !== ',') depth -= 1
    const isEnd = sign === ',' ? depth === 1 : depth === 0
    if (!isEnd) continue
    items.push(text.slice(start, mark.index))
    start = mark.index + 1
  }
  return items
}

/** @returns where the text goes on behind the closing quote */
export function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1
    if (slashes % 2 === 0) return end + 1
  }
}
