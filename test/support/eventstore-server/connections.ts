import type { Socket } from 'node:net'

export type CallKind = 'read' | 'subscription' | 'append' | 'other'

/** What is in flight on one connection. */
export type Connection = Record<CallKind, number>

/** The connections that clients hold, and the calls on them: tests see here what was released. */
export interface Connections {
  accept(socket: Socket): void
  /** Counts a call until it is over, however it ends. */
  begin(call: Call, kind: CallKind): void
  /** Destroys the connection that this call came on. */
  cut(call: Call): void
  cutAll(): void
  list(): Connection[]
  count(kind: CallKind): number
  /** How many have begun so far, and how many of them were in flight at most. */
  begun(kind: CallKind): number
  most(kind: CallKind): number
}

export interface Call {
  getPeer(): string
  once(event: 'cancelled', listener: () => void): unknown
}

export function createConnections(): Connections {
  const open = new Map<string, { socket: Socket; calls: Connection }>()
  const peers = new WeakMap<Call, string>()
  const totals = { read: 0, subscription: 0, append: 0, other: 0 }
  const peaks = { ...totals }
  const list = (): Connection[] => [...open.values()].map(({ calls }) => ({ ...calls }))
  const count = (kind: CallKind): number => list().reduce((sum, calls) => sum + calls[kind], 0)
  return {
    accept(socket) {
      const peer = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`
      open.set(peer, { socket, calls: { read: 0, subscription: 0, append: 0, other: 0 } })
      socket.once('close', () => open.delete(peer))
    },
    begin(call, kind) {
      const peer = call.getPeer()
      peers.set(call, peer)
      const calls = open.get(peer)?.calls
      if (calls === undefined) return
      calls[kind] += 1
      totals[kind] += 1
      peaks[kind] = Math.max(peaks[kind], count(kind))
      // emitted at the end of any call, in good order or not
      call.once('cancelled', () => (calls[kind] -= 1))
    },
    cut: (call) => open.get(peers.get(call) ?? '')?.socket.destroy(),
    cutAll() {
      for (const { socket } of open.values()) socket.destroy()
    },
    list,
    count,
    begun: (kind) => totals[kind],
    most: (kind) => peaks[kind],
  }
}
