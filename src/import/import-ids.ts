import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** Ids that are the same on every run of the same source, and cannot be predicted without the installation's key. */
export interface ImportIds {
  user(name: string): string
  chat(name: string): string
  /** Of a line's command. */
  command(line: number): string
}

export function createImportIds(masterKey: KeyObject, source: string): ImportIds {
  // a KeyObject: with a Buffer, each call would make one again
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, '', 'parley/import', 32)))
  const id = (kind: string, name: string | number): string =>
    toUuid(
      createHmac('sha256', key)
        .update(JSON.stringify([kind, source, name]))
        .digest(),
    )
  return {
    user: (name) => id('user', name),
    chat: (name) => id('chat', name),
    command: (line) => id('line', line),
  }
}

/** The first 16 bytes as a UUID of version 8 (RFC 9562: made by a rule of one's own). */
function toUuid(bytes: Buffer): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex', 0, 16)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
