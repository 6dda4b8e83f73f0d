import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { LoadedFile } from '../child/protocol.js'
import { findUnknownType } from '../events/unknown-event-type.js'
import { ProjectionFailedError } from './projection-failed-error.js'
import { startProjectionProcess, type ProjectionProcessOptions } from './projection-process.js'

/** Reads an analyst's file, as it is now, in a process of its own. @throws ProjectionFailedError, UnavailableError */
export async function loadFile(options: ProjectionProcessOptions): Promise<LoadedFile> {
  await using process = startProjectionProcess(options)
  const file = await process.load()
  const unknown = findUnknownType(file.events)
  if (unknown === null) return file
  const { type, message } = unknown
  const line = await lineOf(type, options.path)
  throw new ProjectionFailedError({ code: 'unknown-event-type', message, file: basename(options.path), line })
}

async function lineOf(text: string, path: string): Promise<number | null> {
  const index = (await readFile(path, 'utf8')).split('\n').findIndex((line) => line.includes(text))
  return index < 0 ? null : index + 1
}
