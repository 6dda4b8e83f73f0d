import { createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartupError } from './startup-error.js'

/** What an embedded installation makes for itself on its first start, in files that only their owner reads. */
export interface LocalSecrets {
  masterKey: KeyObject
  tokenKeys: { kid: string; key: KeyObject }[]
  auditSigningKeys: { kid: string; key: KeyObject }[]
}

export async function readOrMakeLocalSecrets(dataDir: string): Promise<LocalSecrets> {
  await mkdir(dataDir, { recursive: true })
  return {
    masterKey: await readOrMakeKey(join(dataDir, 'master-key')),
    tokenKeys: [{ kid: 'local', key: await readOrMakeKey(join(dataDir, 'token-key')) }],
    auditSigningKeys: [{ kid: 'local', key: await readOrMakeKey(join(dataDir, 'audit-signing-key')) }],
  }
}

/** Puts a key where a first start would make one. @throws StartupError another key is there */
export async function placeLocalKey(
  dataDir: string,
  name: 'master-key' | 'audit-signing-key',
  key: Buffer,
): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  const file = join(dataDir, name)
  const found = await readOrMakeKey(file, key)
  if (!found.export().equals(key))
    throw new StartupError(`PARLEY_DATA_DIR: ${file} holds another key: name a folder that is empty or not there`)
}

/** The file appears whole or not at all, and never replaces one that is there: another process may have made it just now. */
async function readOrMakeKey(file: string, made: Buffer = randomBytes(32)): Promise<KeyObject> {
  const draft = `${file}.${randomUUID()}`
  if (!existsSync(file)) {
    await writeFile(draft, `${made.toString('base64')}\n`, { mode: 0o600, flush: true })
    await link(draft, file).catch(ignoreExisting)
    await rm(draft)
  }
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64')
  if (key.length !== 32)
    throw new StartupError(`PARLEY_DATA_DIR: ${file} does not hold 32 bytes in base64: put the right key back`)
  return createSecretKey(key)
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
