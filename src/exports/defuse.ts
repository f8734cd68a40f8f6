// Blanks, quotes and what has no width may stand before the sign that makes a formula; so may its full-width and small forms.
const sign = /^[\s\p{Cf}'"’”]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B\u2212]/u
const breakFirst = /^['"’”]*[\t\r\n]/
/** Where a program that takes a semicolon or tab for the comma, or an open quote for none, begins another cell. */
const otherCells = /([;\t\r\n]+)/

/**
 * Text that no spreadsheet takes for a formula: an apostrophe goes before what one could. Whoever takes away a leading apostrophe
 * with such text behind it has the text as it was (OWASP, CSV injection).
 */
export function defused(text: string): string {
  return sign.test(text) || breakFirst.test(text) ? `'${text}` : text
}

/** The same for CSV, where a cell can be torn apart: each part by itself. */
export function defusedInCsv(text: string): string {
  if (!otherCells.test(text)) return defused(text)
  const parts = text.split(otherCells).map((part, index) => (index % 2 === 0 ? defused(part) : part))
  return `${breakFirst.test(text) ? "'" : ''}${parts.join('')}`
}
