export interface TabChannel {
  /** Tells the other tabs that the tokens changed. */
  announce(): void
  close(): void
}

/** As much of Web Locks as is used here. */
interface Locks {
  request<Result>(name: string, work: () => Promise<Result>): Promise<Result>
}

/** Calls `onChange` after another tab announced a change; does nothing where no other tab shares the store. */
export function openTabChannel(name: string | undefined, onChange: () => void): TabChannel {
  if (name === undefined || !('BroadcastChannel' in globalThis))
    return { announce: () => undefined, close: () => undefined }
  const channel = new BroadcastChannel(`parley:${name}`)
  ;(channel as { unref?(): void }).unref?.() // Node would not end by itself
  channel.onmessage = () => onChange()
  return { announce: () => channel.postMessage('changed'), close: () => channel.close() }
}

/**
 * Runs the work while no other tab runs any under this name. Pages that were not loaded over HTTPS have no Web Locks: there, two tabs may refresh
 * at once, which the key of the refresh makes harmless.
 */
export function exclusively<Result>(name: string | undefined, work: () => Promise<Result>): Promise<Result> {
  const { navigator } = globalThis as { navigator?: { locks?: Locks } }
  if (name === undefined || navigator?.locks === undefined) return work()
  return navigator.locks.request(`parley:${name}`, work)
}
