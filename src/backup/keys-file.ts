import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { armor, Decrypter, Encrypter } from 'age-encryption'
import { BackupError } from './backup-error.js'
import { explainRead } from './read-backup.js'

/** Encrypts to an age recipient (`age1…`), chunk by chunk. @throws BackupError it is no recipient */
export async function* encryptTo(recipient: string, content: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encrypted = await createEncrypter(recipient).encrypt(toWebStream(Readable.from(toBytes(content))))
  yield* Readable.fromWeb(encrypted) as AsyncIterable<Uint8Array>
}

export function createEncrypter(recipient: string): Encrypter {
  const encrypter = new Encrypter()
  try {
    encrypter.addRecipient(recipient)
    return encrypter
  } catch (error) {
    throw new BackupError('--recipient must be an age recipient (age1…), as age-keygen prints it', { cause: error })
  }
}

async function* toBytes(content: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of content) yield Buffer.from(text)
}

/** What a file holds that was encrypted to one of these identities. @throws BackupError none of them opens it */
export async function* decryptWith(identities: readonly string[], file: string): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file)
  try {
    const decrypter = new Decrypter()
    for (const identity of identities) decrypter.addIdentity(identity)
    yield* Readable.fromWeb(await decrypter.decrypt(toWebStream(source))) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw explainDecryption(file, error)
  } finally {
    source.destroy()
  }
}

const toWebStream = (stream: Readable) => Readable.toWeb(stream) as ReadableStream<Uint8Array>

function explainDecryption(file: string, error: unknown): unknown {
  if (error instanceof BackupError || !(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (code !== undefined) return explainRead(file, error)
  if (error.message.includes('no identity matched'))
    return new BackupError(
      `${file} is not encrypted to this identity: name the one whose recipient the backup was made for`,
    )
  return new BackupError(`${file} is damaged or incomplete, or no file of keys (${error.message})`, { cause: error })
}

/**
 * The identities (`AGE-SECRET-KEY-…`) in a file as age-keygen writes it, also where a passphrase protects it.
 * @throws BackupError
 */
export async function readIdentities(file: string, passphrase: string | null): Promise<string[]> {
  const content = await readFile(file).catch((error: unknown) => Promise.reject(explainRead(file, error) as Error))
  const text = content.toString()
  const isProtected = text.startsWith('age-encryption.org/') || text.startsWith('-----BEGIN AGE ENCRYPTED FILE-----')
  const plain = isProtected ? await openIdentities(file, content, passphrase) : text
  const found = plain
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'))
  if (found.length === 0) throw new BackupError(`${file} holds no age identity (AGE-SECRET-KEY-…)`)
  return found
}

async function openIdentities(file: string, content: Buffer, passphrase: string | null): Promise<string> {
  if (passphrase === null)
    throw new BackupError(`${file} is protected by a passphrase: name a file that holds it, with --passphrase-file`)
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  const text = content.toString()
  try {
    return await decrypter.decrypt(text.startsWith('-----') ? armor.decode(text) : content, 'text')
  } catch (error) {
    throw new BackupError(`${file}: the passphrase is wrong, or the file is damaged`, { cause: error })
  }
}
