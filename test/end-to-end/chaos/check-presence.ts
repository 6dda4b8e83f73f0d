import type { ChaosClient } from './chaos-client.js'

/**
 * Each user is online with exactly as many devices as are connected: sockets of killed nodes have expired, and those that Redis forgot are
 * back. @throws Error where it is not so
 */
export async function checkPresence(clients: readonly ChaosClient[]): Promise<void> {
  for (const client of clients) {
    const { user, name } = client
    const devices = clients.filter((other) => other.user.id === user.id).length
    const { status, body } = await client.call('GET', `/users/${user.id}/presence`)
    const { deviceCount } = (body ?? {}) as { deviceCount?: number }
    if (deviceCount !== devices)
      throw new Error(`the user of ${name} has ${deviceCount} devices online of ${devices} (status ${status})`)
  }
}
