// Words that Indonesian place names keep in lower case, and the `x` of `2 x 11 Kayu Tanam`.
const lowerCaseWords = new Set(['dan', 'di', 'x'])

const proper = /^[A-Z][a-z]+(?: [A-Z][a-z]+)*$/

/**
 * The name as people write it: a capital on every word, apostrophes as apostrophes, no stray spaces. Abbreviations and
 * Roman numerals keep their capitals, since nothing but an apostrophe tells a shouted word from `STL` or `XIII`.
 */
export function properName(name: string): string {
  // Nearly all names are written so already, and the rules below are dear.
  if (proper.test(name)) return name
  return name
    .trim()
    .replaceAll('"', "'")
    .replace(/\s*\/\s*/g, '/')
    .replace(/\s*-\s*/g, '-')
    .split(/\s+/)
    .map(properWord)
    .join(' ')
}

function properWord(word: string): string {
  if (lowerCaseWords.has(word)) return word
  const isShouted = word.includes("'") && word.length > 2 && word === word.toUpperCase()
  const rest = isShouted ? word.slice(1).toLowerCase() : word.slice(1)
  return word.charAt(0).toUpperCase() + rest
}
