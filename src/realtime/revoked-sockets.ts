import type { Revocations, Revoked } from '../identity/sessions/revocations.js'
import type { RealtimeSocket } from './protocol.js'

/** This node's sockets, so that those whose session or roles are revoked are cut off. */
export interface RevokedSockets {
  /** Keeps watch over it until it disconnects. False where it is revoked already, and was cut. */
  watch(socket: RealtimeSocket): boolean
}

/** `cut` says goodbye and disconnects. */
export function createRevokedSockets(
  revocations: Pick<Revocations, 'refusalOf' | 'listen'>,
  cut: (socket: RealtimeSocket, why: Revoked) => void,
): RevokedSockets {
  const socketsOf = new Map<string, Set<RealtimeSocket>>()

  /** By the token that it has now, which need not be the one it came with. */
  function look(socket: RealtimeSocket): boolean {
    const refused = revocations.refusalOf(socket.data.claims)
    if (refused !== null) cut(socket, refused)
    return refused === null
  }

  revocations.listen((userId) => {
    for (const socket of [...(socketsOf.get(userId) ?? [])]) look(socket)
  })

  return {
    watch(socket) {
      const { userId } = socket.data.claims
      const sockets = socketsOf.get(userId) ?? new Set()
      socketsOf.set(userId, sockets.add(socket))
      socket.once('disconnect', () => {
        sockets.delete(socket)
        if (sockets.size === 0 && socketsOf.get(userId) === sockets) socketsOf.delete(userId)
      })
      return look(socket)
    },
  }
}
