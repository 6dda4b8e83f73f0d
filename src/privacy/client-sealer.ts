import { createBoundedCache } from '../async/bounded-cache.js'
import type { ClientBox } from '../domain/metadata.js'
import { boxContext, sealBox } from './box.js'
import type { BoxKeyring } from './box-keys.js'
import type { DataKeys } from './data-keys.js'
import { boxKeyName, monthOf, userKey, requestMonthKey } from './key-names.js'

/** From where a user's commands come. */
export interface Client {
  userId: string
  /** The session's id. */
  session: string
  ip: string
  userAgent: string
}

/** Made once per session and month while ip and agent stay the same, and then reused. @throws KeyDestroyedError */
export type SealClient = (client: Client, at: string) => Promise<ClientBox>

const MAX_CACHED = 10_000

export function createClientSealer(keyring: BoxKeyring, dataKeys: DataKeys): SealClient {
  const cache = createBoundedCache<string, Promise<ClientBox>>(MAX_CACHED)
  dataKeys.onDestroyed(() => cache.clear())

  async function seal({ userId, session, ip, userAgent }: Client, month: string): Promise<ClientBox> {
    const name = boxKeyName(userKey(userId), requestMonthKey(month))
    const boxKey = (await keyring.ensure([name])).get(name)
    if (boxKey === undefined) throw new Error(`no key ${name}`)
    return { session, ...sealBox(boxKey, { ip, userAgent }, boxContext(session, month)) }
  }

  return (client, at) => {
    const month = monthOf(at)
    const id = JSON.stringify([client.userId, client.session, month, client.ip, client.userAgent])
    const known = cache.get(id)
    if (known !== undefined) return known
    const sealing = seal(client, month)
    cache.set(id, sealing)
    sealing.catch(() => cache.delete(id)) // the caller sees the error; the next one tries again
    return sealing
  }
}
