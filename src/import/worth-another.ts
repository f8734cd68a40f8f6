/** Statuses of answers after which the same request may well be answered otherwise. */
export const worthAnother: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])
