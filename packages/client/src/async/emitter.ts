/** Calls its listeners in the order in which they were added. */
export interface Emitter<Value> {
  emit(value: Value): void
  /** Returns the function that removes the listener. */
  listen(listener: (value: Value) => void): () => void
}

export function createEmitter<Value>(): Emitter<Value> {
  const listeners = new Set<{ call: (value: Value) => void }>()
  return {
    emit(value) {
      for (const { call } of [...listeners]) call(value)
    },
    listen(call) {
      const listener = { call }
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
