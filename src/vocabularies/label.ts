/** A word for people, in either language. */
export interface Label {
  readonly id: string
  readonly en: string
}

/** A label for each word of a closed list: a list that grows does not compile without. */
export type Labels<Word extends string> = Readonly<Record<Word, Label>>

export const label = (id: string, en: string): Label => ({ id, en })
