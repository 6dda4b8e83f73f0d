import type { JsonObject } from './event.js'

/** Lifts the public data of one schema version to the next. */
export type Upcaster = (data: JsonObject) => JsonObject

/** For each event type, the steps from version 1 up: the step at index 0 lifts version 1 to 2. None: version 1 is current. */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>

export const currentSchemaVersion = (upcasters: Upcasters, type: string): number => (upcasters[type]?.length ?? 0) + 1

/** The data in the current version, or null where this release does not know the type or a version so new. */
export function upcast(upcasters: Upcasters, type: string, schemaVersion: number, data: JsonObject): JsonObject | null {
  if (!Object.hasOwn(upcasters, type) || !isKnown(schemaVersion, currentSchemaVersion(upcasters, type))) return null
  return (upcasters[type] ?? []).slice(schemaVersion - 1).reduce((older, lift) => lift(older), data)
}

const isKnown = (schemaVersion: number, current: number): boolean => schemaVersion >= 1 && schemaVersion <= current
