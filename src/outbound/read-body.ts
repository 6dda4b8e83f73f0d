import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { RefusedError } from './outcome.js'

const MAX_BYTES = 256 * 1024

const decoders: Record<string, () => NodeJS.ReadWriteStream & Readable> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/**
 * A body after decompression, never more than 256 KiB of it: nothing is unpacked beyond that, however much a little
 * could become.
 * @throws RefusedError `bad-answer`
 */
export async function readBody(message: IncomingMessage): Promise<{ body: Buffer; isCut: boolean }> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of decoded(message) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_BYTES) break // leaving the loop destroys the stream
  }
  return { body: Buffer.concat(chunks).subarray(0, MAX_BYTES), isCut: length > MAX_BYTES }
}

function decoded(message: IncomingMessage): Readable {
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity' || encoding === '') return message
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding]?.() : undefined
  if (decoder === undefined) throw new RefusedError('bad-answer')
  message.once('error', (error) => decoder.destroy(error))
  message.pipe(decoder)
  return decoder
}
