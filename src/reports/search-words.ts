/** Function words of Indonesian, which are in every report and say nothing of it. The server offers no list of them. */
const stopWords = new Set(
  `ada adalah agar akan aku anda antara apa apabila apakah atas bagaimana bagi bahwa banyak beberapa begitu belum berbagai bila bisa
  bukan dalam dan dapat dari daripada demikian dengan di dia dimana hal hanya harus hingga ia ialah ini itu jadi jika juga kalau
  kami kamu karena ke kemudian kepada ketika kita lagi lah lain lalu maka mana masih melalui mereka merupakan mungkin namun nya
  oleh pada para pernah pula pun saat saja sambil sampai sangat saya sebagai sebelum sebuah secara sedang sehingga sejak
  selain selama seluruh semua seorang seperti serta sesuatu sesudah setelah setiap si suatu sudah supaya tapi telah tentang
  tersebut tertentu tetapi tiap untuk yaitu yakni yang`.split(/\s+/),
)
const either = new Set(['or', 'atau'])

/**
 * What is looked for of what was typed, in the form of PostgreSQL's `websearch_to_tsquery`, which fails on no text: words,
 * "phrases", `-without`, `or` or `atau`. Function words are left out where they stand alone, unless nothing else is left.
 */
export function searchedWords(typed: string): string {
  const words = outsideOfPhrases(typed, (word) => (stopWords.has(word.toLowerCase()) ? [] : [word]))
  const searched = words.some((word) => /[\p{L}\p{N}]/u.test(word) && !word.startsWith('-') && !either.has(word))
  return (searched ? words : outsideOfPhrases(typed, (word) => [word])).join(' ')
}

/** The words and the phrases, in their order. A quotation mark that nothing closes opens no phrase. */
function outsideOfPhrases(typed: string, keep: (word: string) => string[]): string[] {
  const parts = typed.match(/-?"[^"]*"|[^\s"]+/gu) ?? []
  return parts.flatMap((part) => {
    if (part.includes('"')) return [part]
    return either.has(part.toLowerCase()) ? ['or'] : keep(part)
  })
}
