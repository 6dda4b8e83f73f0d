/** Loads what belongs to some names; what is not there is absent from the answer. */
export type Load<Value> = (names: readonly string[]) => Promise<ReadonlyMap<string, Value>>

/** The same load, where a name that is on its way already is waited for; all others go in one call. */
export function shareLoads<Value>(load: Load<Value>): Load<Value> {
  const underWay = new Map<string, Promise<ReadonlyMap<string, Value>>>()

  function begin(names: readonly string[]): void {
    const loading = load(names).finally(() => names.forEach((name) => underWay.delete(name)))
    for (const name of names) underWay.set(name, loading)
  }

  return async (names) => {
    const missing = names.filter((name) => !underWay.has(name))
    if (missing.length > 0) begin(missing)
    const loads = new Set(names.flatMap((name) => underWay.get(name) ?? []))
    return new Map((await Promise.all(loads)).flatMap((values) => [...values]))
  }
}
