import { setImmediate } from 'node:timers/promises'

/** Loads what belongs to some names; what is not there is absent from the answer. */
export type Load<Value> = (names: readonly string[]) => Promise<ReadonlyMap<string, Value>>

interface Gathering<Value> {
  names: string[]
  loading: Promise<ReadonlyMap<string, Value>>
}

/** The same load, where a name that is on its way already is waited for; all others of one turn of the event loop go in one call. */
export function shareLoads<Value>(load: Load<Value>): Load<Value> {
  const underWay = new Map<string, Promise<ReadonlyMap<string, Value>>>()
  let gathering: Gathering<Value> | null = null

  function gather(): Gathering<Value> {
    const names: string[] = []
    const loading = setImmediate()
      .then(() => {
        gathering = null
        return load(names)
      })
      .finally(() => names.forEach((name) => underWay.delete(name)))
    return { names, loading }
  }

  function begin(name: string): void {
    gathering ??= gather()
    gathering.names.push(name)
    underWay.set(name, gathering.loading)
  }

  return async (names) => {
    for (const name of names) if (!underWay.has(name)) begin(name)
    const loads = new Set(names.flatMap((name) => underWay.get(name) ?? []))
    return new Map((await Promise.all(loads)).flatMap((values) => [...values]))
  }
}
