import { openNotifications, type NotificationOptions } from '../../postgres/notifications.js'

/**
 * What runners of the same projection in several processes tell each other: that someone waits for a position (`wanted`), and that the
 * checkpoint has moved (`moved`, sent only while someone waits). Notices may get lost; a timer finds the same a little later.
 */
export interface Notices {
  send(notice: Notice, projection: string): void
  /** Calls the listener with each notice of another process about the projection. */
  listen(projection: string, listener: (notice: Notice) => void): void
}

export type Notice = 'wanted' | 'moved'

export type ProjectionNotices = Notices & AsyncDisposable

export const noNotices: Notices = { send: () => undefined, listen: () => undefined }

export function openNotices(
  options: Pick<NotificationOptions, 'pool' | 'connectionString' | 'report'>,
): ProjectionNotices {
  const listeners = new Map<string, (notice: Notice) => void>()
  const notifications = openNotifications({
    ...options,
    channel: 'parley_projections',
    name: 'projection-notifications',
    onNotified(subject) {
      const [notice, projection = ''] = subject?.split(' ') ?? []
      if (notice === 'wanted' || notice === 'moved') listeners.get(projection)?.(notice)
    },
  })
  return {
    send: (notice, projection) => notifications.announce(`${notice} ${projection}`),
    listen: (projection, listener) => void listeners.set(projection, listener),
    [Symbol.asyncDispose]: () => notifications[Symbol.asyncDispose](),
  }
}
