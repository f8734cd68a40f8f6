/** The end of a command whose exit code says more than that it failed; its message is for the person at the terminal. */
export class EndedWith extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}
