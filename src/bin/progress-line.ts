/** Milliseconds between two looks at the progress. */
const pause = 200

/** One line of a terminal that is written again and again; elsewhere only its notes are written. */
export class ProgressLine {
  readonly #terminal: NodeJS.WriteStream
  #shown = 0
  #isOpen = false

  constructor(terminal: NodeJS.WriteStream) {
    this.#terminal = terminal
  }

  show(text: string): void {
    if (!this.#terminal.isTTY || Date.now() - this.#shown < pause) return
    this.#shown = Date.now()
    this.#isOpen = true
    this.#terminal.write(`\r\u001B[K${text}`)
  }

  note(text: string): void {
    this.end()
    this.#terminal.write(`waspada: ${text}\n`)
  }

  end(): void {
    if (this.#isOpen) this.#terminal.write('\r\u001B[K')
    this.#isOpen = false
  }
}
