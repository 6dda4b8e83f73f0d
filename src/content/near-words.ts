/** Letters as `searchWords` leaves them: those with accents are without. */
const ALPHABETS = [
  'abcdefghijklmnopqrstuvwxyz',
  'αβγδεζηθικλμνξοπρστυφχψω',
  'абвгдежзиклмнопрстуфхцчшщъыьэюяєіђљњћџґ',
  'אבגדהוזחטיךכלםמןנסעףפץצקרשת',
  'ءابةتثجحخدذرزسشصضطظعغفقكلمنهويىپچژکگی',
  'աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև',
  'აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ',
]

/** Of shorter words, half of those that are one slip away mean something else; in longer ones a slip is one of too many. */
const SHORTEST = 4
const LONGEST = 24

/**
 * What may have been meant by a folded word: all that is one slip away from it, which is a letter too many, one missing, one wrong, or two
 * swapped. Some 60 for each letter of it; none for what has digits, is short, or is very long.
 */
export function nearWords(word: string): string[] {
  const letters = Array.from(word)
  if (letters.length < SHORTEST || letters.length > LONGEST || !isOfLetters(word)) return []
  const alphabet = alphabetOf(letters)
  const near = letters.flatMap((letter, at) => {
    const [before, after] = [letters.slice(0, at).join(''), letters.slice(at + 1).join('')]
    const [next = '', ...rest] = letters.slice(at + 1)
    const changed = alphabet.flatMap((other) => [before + other + after, before + other + letter + after])
    return [before + after, before + next + letter + rest.join(''), ...changed]
  })
  const longer = alphabet.map((last) => word + last)
  return Array.from(new Set([...near, ...longer])).filter((other) => other !== word)
}

const isOfLetters = (word: string): boolean => !/[^\p{L}\p{M}]/u.test(word)

/** Whether some word can be one slip away from it: others need not be kept to be looked up. */
export const mayBeNear = (word: string): boolean =>
  word.length >= SHORTEST - 1 && Array.from(word).length <= LONGEST + 1 && isOfLetters(word)

/** Of whichever scripts it is written in; in others, letters of its own are all that may be missing or wrong. */
function alphabetOf(letters: readonly string[]): string[] {
  const known = ALPHABETS.filter((alphabet) => letters.some((letter) => alphabet.includes(letter)))
  return Array.from(new Set([...Array.from(known.join('')), ...letters]))
}
