import { checkExports, type FileExports } from './check-exports.js'
import { describeFailure } from './describe-failure.js'
import { openGeneration, type ImportedFile, type OpenGeneration } from './open-generation.js'
import type { LoadedFile, Reply, Request } from './protocol.js'

/** The process of one projection. It has no environment, and reads no files but the analysts' and its own code. */
let imported: { url: string; exports: FileExports } | undefined
let checked: ImportedFile | undefined
let generation: OpenGeneration | undefined

async function answer(request: Request): Promise<unknown> {
  if (request.kind === 'load') return check()
  if (request.kind === 'open') {
    if (checked === undefined) throw new Error('open came before load')
    generation = await openGeneration(checked, request)
    return null
  }
  if (generation === undefined) throw new Error('apply came before open')
  return generation.apply(request)
}

function check(): LoadedFile {
  if (imported === undefined) throw new Error('not imported')
  const exports = checkExports(imported.exports)
  checked = { url: imported.url, exports }
  return { version: exports.version, events: [...exports.events] }
}

async function handle(request: Request): Promise<void> {
  // What the file throws while it is imported, syntax errors included, ends the process: only then does Node print the line.
  if (request.kind === 'load') imported = { url: request.file, exports: (await import(request.file)) as FileExports }
  const reply = await answer(request).then(
    (value): Reply => ({ value }),
    (error: unknown): Reply => ({ failure: describeFailure(error, imported?.url ?? '') }),
  )
  process.send?.(reply)
}

process.on('message', (request: Request) => void handle(request))
// The server has gone, however that ended.
process.on('disconnect', () => process.exit())
