/** ``` or ~~~, also within quotes and lists. The text after the opening fence is the name of a language. */
const FENCE = /^[\s>]*(?:(?:[-+*]|\d{1,9}[.)])\s+)*(`{3,}(?=[^`]*$)|~{3,})/
/** Lines at which a new paragraph, quote or list item begins: a code span does not go on over them. */
const BEGINS_BLOCK = /^\s*(?:$|>|(?:[-+*]|\d{1,9}[.)])\s)/

/**
 * A message's Markdown without its code: fenced blocks and spans between backticks are left out. Takes time linear in the
 * length of the text.
 */
export function withoutCode(markdown: string): string {
  const kept: string[] = []
  let paragraph: string[] = []
  let fence: string | null = null

  const endParagraph = (): void => {
    kept.push(withoutSpans(paragraph.join('\n')))
    paragraph = []
  }

  for (const line of markdown.split('\n')) {
    const [, marker = null] = FENCE.exec(line) ?? []
    if (fence !== null) {
      if (closes(line, fence)) fence = null
    } else if (marker !== null) {
      endParagraph()
      fence = marker
    } else {
      if (BEGINS_BLOCK.test(line)) endParagraph()
      paragraph.push(line)
    }
  }
  endParagraph()
  return kept.join('\n')
}

/** A fence ends at one of the same character, at least as long, with nothing after it. */
function closes(line: string, fence: string): boolean {
  const text = line.replace(/^[\s>]*/, '').trimEnd()
  return text.length >= fence.length && text === (fence[0] ?? '').repeat(text.length)
}

/** A span begins at a run of backticks and ends at the next run of the same length; without one, the backticks are text. */
function withoutSpans(text: string): string {
  const runs = [...text.matchAll(/`+/g)]
  const closing = closingRuns(runs.map(([run]) => run.length))
  let kept = ''
  let from = 0
  for (let index = 0; index < runs.length; index++) {
    const run = runs[index]
    if (run === undefined) break
    const isEscaped = backslashesBefore(text, run.index) % 2 === 1
    const end = isEscaped ? undefined : closing[index]
    const closer = end === undefined ? undefined : runs[end]
    if (end === undefined || closer === undefined) continue
    kept += `${text.slice(from, run.index)} `
    from = closer.index + closer[0].length
    index = end
  }
  return kept + text.slice(from)
}

/** For each run, the index of the next one of the same length. */
function closingRuns(lengths: readonly number[]): (number | undefined)[] {
  const next = new Map<number, number>()
  const closing: (number | undefined)[] = []
  for (let index = lengths.length - 1; index >= 0; index--) {
    const length = lengths[index] ?? 0
    closing[index] = next.get(length)
    next.set(length, index)
  }
  return closing
}

function backslashesBefore(text: string, index: number): number {
  let count = 0
  while (text[index - 1 - count] === '\\') count++
  return count
}
