import type { HistoryVisibility } from './chat/events.js'

/** A span of taking part: from the version of the event that began it to that of the one that ended it, both included. */
export interface Membership {
  fromVersion: number
  /** Null while it lasts. */
  toVersion: number | null
}

/** A chat's history setting from a version on, until the next one. */
export interface VisibilitySetting {
  fromVersion: number
  visibility: HistoryVisibility
}

/** Chat versions, both included; `to` is Infinity for what has no end yet. */
export type VersionRange = readonly [from: number, to: number]

/**
 * The one visibility rule: a user may see the spans of a chat in which they took part, joined with those in which the setting was `full`; nothing
 * while they take no part. Ascending, neither touching nor overlapping.
 * `settings` ascend by version; the first begins with the chat.
 */
export function visibleRanges(
  memberships: readonly Membership[],
  settings: readonly VisibilitySetting[],
): VersionRange[] {
  if (!memberships.some(({ toVersion }) => toVersion === null)) return []
  const took = memberships.map(({ fromVersion, toVersion }): VersionRange => [fromVersion, toVersion ?? Infinity])
  const full = settings.flatMap(({ fromVersion, visibility }, index): VersionRange[] =>
    visibility === 'full' ? [[fromVersion, (settings[index + 1]?.fromVersion ?? Infinity) - 1]] : [],
  )
  return [...took, ...full].sort(([a], [b]) => a - b).reduce<VersionRange[]>(joinRange, [])
}

function joinRange(ranges: VersionRange[], [from, to]: VersionRange): VersionRange[] {
  const last = ranges.at(-1)
  if (last === undefined || from > last[1] + 1) return [...ranges, [from, to]]
  return [...ranges.slice(0, -1), [last[0], Math.max(last[1], to)]]
}

/** Whether the event at `version` may be seen. A message is judged by the version it was sent at. */
export const maySee = (ranges: readonly VersionRange[], version: number): boolean =>
  ranges.some(([from, to]) => from <= version && version <= to)
