// Everything that is checked without running the product. Each step's output is shown only where it fails. With `--built` the build was
// just made, which has checked the types.
import { spawnSync } from 'node:child_process'
import { findWordsInProject } from './check-words.js'

const steps = [
  ['types', 'tsc', '--noEmit', '-p', 'tsconfig.json'],
  ['nothing of the language that Node 20 lacks', 'tsc', '-p', 'tsconfig.src.json'],
  ['types of the client package', 'tsc', '--noEmit', '-p', 'packages/client/tsconfig.json'],
  ['lint', 'eslint', '.'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['layers and cycles', 'depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'packages/client/src'],
]

let failed = 0
for (const [name, command, ...args] of process.argv.includes('--built') ? steps.slice(1) : steps) {
  const { status, stdout, stderr } = spawnSync(`node_modules/.bin/${command}`, args, { encoding: 'utf8' })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  if (status === 0) continue
  failed++
  console.log(stdout + stderr)
}
const words = findWordsInProject()
console.log(`${words.length === 0 ? 'ok    ' : 'FAILED'} vocabulary`)
if (words.length > 0) {
  failed++
  console.log(words.join('\n'))
}
process.exit(failed === 0 ? 0 : 1)
