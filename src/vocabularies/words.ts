import type { Language } from '../http/accept.ts'
import type { Reference } from '../reference/store.ts'
import type { Label } from './label.ts'
import { labels, type VocabularyName } from './labels.ts'

/** What codes are called in one language. A code that nobody knows is called null. */
export class Words {
  readonly language: Language
  readonly #reference: Reference
  readonly #stages: ReadonlyMap<string, string>

  constructor(reference: Reference, language: Language) {
    this.language = language
    this.#reference = reference
    const stages = reference.calendar.elections.flatMap(({ code, stages }) =>
      stages.map((stage): [string, string] => [`${code} ${stage.code}`, this.#nameOf(stage)]),
    )
    const alone = reference.calendar.elections.flatMap(({ stages }) =>
      stages.map((stage): [string, string] => [stage.code, this.#nameOf(stage)]),
    )
    // Of elections that call a stage of one code by different names the latest counts.
    this.#stages = new Map([...alone, ...stages])
  }

  of(list: VocabularyName, code: string | number | null | undefined): string | null {
    const words: Record<string, Label> = labels[list]
    return words[String(code)]?.[this.language] ?? null
  }

  region(code: string | null | undefined): string | null {
    return (code && this.#reference.regions.find(code)?.name) || null
  }

  office(code: string | null | undefined): string | null {
    return (code && this.#reference.offices.get(code)?.name) || null
  }

  election(code: string | null | undefined): string | null {
    const election = this.#reference.calendar.elections.find((each) => each.code === code)
    return election ? this.#nameOf(election) : null
  }

  /** @param election null where only the stage is known */
  stage(code: string | null | undefined, election: string | null | undefined): string | null {
    if (!code) return null
    return this.#stages.get(election ? `${election} ${code}` : code) ?? null
  }

  incidentType(code: string | null | undefined): string | null {
    const type = code ? this.#reference.incidentTypes.get(code) : undefined
    if (!type) return null
    return this.language === 'id' ? type.labelId : type.labelEn
  }

  #nameOf({ nameId, nameEn }: { nameId: string; nameEn: string }): string {
    return this.language === 'id' ? nameId : nameEn
  }
}
