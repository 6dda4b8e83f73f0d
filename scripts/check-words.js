// Refuses words of our own where a common one exists: `vocabulary.js` has the table.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vocabulary } from './vocabulary.js'

const ROOTS = [
  'src',
  'packages/client/src',
  'packages/client/README.md',
  'test',
  'bench',
  'docs',
  'deploy',
  'public',
  'scripts',
  'README.md',
  'CONTRIBUTING.md',
]
const TEXT = /\.(ts|js|md|html|sql|ya?ml)$/
/** These name the words that they are about; the last is generated from the API. */
const EXEMPT = new Set([
  'scripts/vocabulary.js',
  'test/scripts/check-words.test.ts',
  'packages/client/src/rest/openapi.ts',
])

/** Each word of the table in the text of a file, with its line and what to say instead. */
export function findWords(text, file = '') {
  const refused = vocabulary.filter(([, , leftIn = []]) => !leftIn.some((path) => file.startsWith(path)))
  return text.split('\n').flatMap((line, index) =>
    refused.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line)
      return found === null ? [] : [{ line: index + 1, word: found[0], instead }]
    }),
  )
}

function filesBelow(path) {
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true }).map((file) => join(path, file))
}

/** One line for each word in the files of the project. */
export function findWordsInProject() {
  const files = ROOTS.flatMap(filesBelow).filter((file) => TEXT.test(file) && !EXEMPT.has(file))
  return files.flatMap((file) =>
    findWords(readFileSync(file, 'utf8'), file).map(
      ({ line, word, instead }) => `${file}:${line}: "${word}": say ${instead}`,
    ),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = findWordsInProject()
  if (found.length > 0) console.error(found.join('\n'))
  process.exitCode = found.length > 0 ? 1 : 0
}
