/** The first moment whose tokens are told apart from those of before: `iat` counts whole seconds. */
export function nextFullSecond(now: Date): Date {
  return new Date((Math.floor(now.getTime() / 1000) + 1) * 1000)
}
