import type { Revocations, Revoked } from '../identity/sessions/revocations.js'
import type { RealtimeSocket } from './protocol.js'

/** Disconnects this node's sockets when their session or roles are revoked. */
export interface RevokedSockets {
  /** Watches it until it disconnects. False if it is revoked already, and was disconnected. */
  watch(socket: RealtimeSocket): boolean
}

/** `disconnect` tells the client why, and disconnects it. */
export function createRevokedSockets(
  revocations: Pick<Revocations, 'refusalOf' | 'listen'>,
  disconnect: (socket: RealtimeSocket, why: Revoked) => void,
): RevokedSockets {
  const socketsOf = new Map<string, Set<RealtimeSocket>>()

  /** Judges by the token it has now, which may be newer than that of its handshake. */
  function check(socket: RealtimeSocket): boolean {
    const refused = revocations.refusalOf(socket.data.claims)
    if (refused !== null) disconnect(socket, refused)
    return refused === null
  }

  revocations.listen((userId) => {
    for (const socket of [...(socketsOf.get(userId) ?? [])]) check(socket)
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
      return check(socket)
    },
  }
}
