import type { ProjectionFile } from '../projection-file.js'

/** What an analyst's file exports, as it comes. */
export type FileExports = Partial<Record<keyof ProjectionFile, unknown>>

/** @throws TypeError something that it must export is missing or wrong */
export function checkExports(exports: FileExports): ProjectionFile {
  const { version, events, tables, apply } = exports
  if (!Number.isInteger(version) || Number(version) < 1 || Number(version) > 1_000_000)
    throw new TypeError('the file must export version, a whole number from 1')
  if (!Array.isArray(events) || events.length === 0 || events.some((type) => typeof type !== 'string'))
    throw new TypeError("the file must export events, a list of event types such as ['MessageSent']")
  if (typeof tables !== 'string' || tables.trim() === '')
    throw new TypeError('the file must export tables, the SQL that creates its tables')
  if (typeof apply !== 'function') throw new TypeError('the file must export a function apply(events, sql)')
  return exports as ProjectionFile
}
