import { toInstant } from '../../domain/instant.js'
import type { Moment, TimeOrPosition } from '../../replay/moment.js'
import { UsageError } from '../command-errors.js'

export const momentOptions = { at: { type: 'string' }, position: { type: 'string' } } as const

export const MOMENT = '[--at TIME | --position P]'

interface Given {
  at?: string | undefined
  position?: string | undefined
  version?: string | undefined
}

/** Null where none is given: now. @throws UsageError */
export function readTimeOrPosition({ at, position }: Given): TimeOrPosition | null {
  if (at !== undefined && position !== undefined) throw new UsageError('Give one of --at and --position')
  if (at !== undefined) return { at: readTime(at) }
  return position === undefined ? null : { position }
}

/** @throws UsageError */
export function readMoment({ version, ...given }: Given): Moment | null {
  if (version === undefined) return readTimeOrPosition(given)
  if (given.at !== undefined || given.position !== undefined)
    throw new UsageError('Give one of --at, --version and --position')
  if (!/^[1-9]\d{0,8}$/.test(version)) throw new UsageError('--version must be a whole number from 1 on')
  return { version: Number(version) }
}

/** @throws UsageError */
export function readTime(text: string): string {
  const instant = /^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/.test(text) ? toInstant(text) : null
  if (instant === null) throw new UsageError(`${text} is no time such as 2026-03-03T12:00:00Z`)
  return instant
}
