import type { Fault, FaultCode } from '../errors.ts'
import { shortPointerTo } from './contract/fault-of-issue.ts'
import { endOfString } from './json-items.ts'

/** How deep a body may nest: deeper than any schema of ours, far less than any stack holds. */
const deepest = 20

// As many as a problem names.
const mostFaults = 1000

/**
 * What a JSON text says and its value no longer shows: a member given twice, however it is spelled; a number that loses
 * digits; a key that is no text or reaches for a prototype; nesting below `deepest`, which ends the search.
 * @param text that `JSON.parse` has taken: nothing of the grammar is checked here
 */
export function faultsOfJsonText(text: string): Fault[] {
  const scan = new Scan(text)
  for (let at = 0; at < text.length && scan.faults.length < mostFaults; ) at = scan.step(at)
  return scan.faults
}

/** Where the scan is in each object or list around it. */
interface Level {
  /** Keys so far; undefined in a list. */
  keys: Set<string> | undefined
  /** The present key, or index in a list. */
  at: string | number
}

class Scan {
  readonly faults: Fault[] = []
  readonly #text: string
  readonly #levels: Level[] = []
  #level: Level | undefined
  /** Whether the next string is a key. */
  #expectsKey = false

  constructor(text: string) {
    this.#text = text
  }

  /** Reads what begins at `at`, and says where to go on. */
  step(at: number): number {
    const character = this.#text.charCodeAt(at)
    switch (character) {
      case 0x22: // "
        return this.#string(at)
      case 0x2c: // ,
        this.#next()
        return at + 1
      case 0x7b: // {
      case 0x5b: // [
        return this.#open(character === 0x7b) ? at + 1 : this.#text.length
      case 0x7d: // }
      case 0x5d: // ]
        this.#close()
        return at + 1
      case 0x2d: // -
        return this.#number(at)
      default:
        return character >= 0x30 && character <= 0x39 ? this.#number(at) : at + 1
    }
  }

  #string(start: number): number {
    const end = endOfString(this.#text, start + 1)
    if (this.#expectsKey && this.#level?.keys) this.#key(this.#level, this.#level.keys, start, end)
    this.#expectsKey = false
    return end
  }

  #key(level: Level, keys: Set<string>, start: number, end: number): void {
    const plain = this.#text.slice(start + 1, end - 1)
    const key: string = plain.includes('\\') ? JSON.parse(this.#text.slice(start, end)) : plain
    level.at = key
    const code = faultOfKey(key, keys)
    if (code !== undefined) this.#refuse(code)
    keys.add(key)
  }

  #number(start: number): number {
    let end = start + 1
    while (isOfNumber(this.#text.charCodeAt(end))) end += 1
    const literal = this.#text.slice(start, end)
    // A double holds fifteen digits whatever they are; only an exponent makes a short one large.
    if ((literal.length > 15 || /e/i.test(literal)) && losesDigits(literal)) this.#refuse('number_unsafe')
    return end
  }

  #next(): void {
    if (this.#level?.keys) this.#expectsKey = true
    else if (this.#level) this.#level.at = Number(this.#level.at) + 1
  }

  #open(isObject: boolean): boolean {
    if (this.#levels.length === deepest) {
      this.#refuse('too_deep')
      return false
    }
    this.#level = isObject ? { keys: new Set(), at: '' } : { keys: undefined, at: 0 }
    this.#levels.push(this.#level)
    this.#expectsKey = isObject
    return true
  }

  #close(): void {
    this.#levels.pop()
    this.#level = this.#levels.at(-1)
    this.#expectsKey = false
  }

  #refuse(code: FaultCode): void {
    this.faults.push({ pointer: shortPointerTo(this.#levels.map(({ at }) => at)), code })
  }
}

/** A digit, or one of . + - e E. */
function isOfNumber(character: number): boolean {
  if (character >= 0x30 && character <= 0x39) return true
  return character === 0x2e || character === 0x2b || character === 0x2d || (character | 0x20) === 0x65
}

function faultOfKey(key: string, known: ReadonlySet<string>): FaultCode | undefined {
  if (known.has(key)) return 'duplicate_member'
  if (key === '__proto__' || key === 'constructor') return 'unknown_member'
  return notInKey.test(key) ? 'text_invalid' : undefined
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what no key holds
const notInKey = /[\u0000\p{Cs}]/u

/** Whether a number is not what its double says: out of the safe range, or no longer what it was, zero or whole. */
function losesDigits(literal: string): boolean {
  const value = Number(literal)
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return true
  const [mantissa = '', exponent] = literal.split(/e/i)
  if (value === 0) return /[1-9]/.test(mantissa)
  return Number.isInteger(value) && exponent === undefined && /\.\d*[1-9]/.test(mantissa)
}
