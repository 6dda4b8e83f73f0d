/** Whether a user is connected, on whatever node. */
export interface Presence {
  userId: string
  isOnline: boolean
  /** When they were connected last, as far as it is known; null where they never were. */
  lastSeen: Date | null
  /** Sockets that are connected. */
  deviceCount: number
}

/** What others see of a user who does not show it. */
export const hidden = (presence: Presence): Presence => ({ ...presence, isOnline: false, lastSeen: null })

/** A user's socket; its id is unique on all nodes. */
export interface ConnectedSocket {
  userId: string
  socketId: string
}

/** Who is connected. Nothing of it is in the log: it is what the sockets themselves say. */
export interface PresenceStore extends AsyncDisposable {
  connected(socket: ConnectedSocket): void
  disconnected(socket: ConnectedSocket): void
  /** Forgets when an erased user was seen. */
  forget(userId: string): void
  /** In the order of the ids. */
  read(userIds: readonly string[]): Promise<Presence[]>
  listen(listener: PresenceListener): void
}

export interface PresenceListener {
  /** Called with each user who comes online, or goes, on any node. What they are now is read from the store. */
  onChanged(userId: string): void
  /** Called some time after the store lost its data: anyone may have gone without `onChanged`. */
  onForgotten(): void
}
