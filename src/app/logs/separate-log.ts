import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import type winston from 'winston'
import { withTimeout } from '../../async/with-timeout.js'
import type { Releases } from '../release.js'
import { createLogger } from './logger.js'

const CLOSE_MS = 2_000

/** JSON lines in a file of their own, which is appended to, or on standard output. @throws where the file cannot be written */
export async function openSeparateLog(target: string, releases: Releases): Promise<winston.Logger> {
  if (target === 'stdout') return createLogger({ level: 'silly', json: true, stream: process.stdout })
  const stream = createWriteStream(target, { flags: 'a', mode: 0o640 })
  await once(stream, 'open')
  stream.on('error', () => undefined) // a full disk must not end the process
  const logger = createLogger({ level: 'silly', json: true, stream })
  releases.onRelease(async () => {
    logger.end()
    await withTimeout(CLOSE_MS, closed(logger, stream)).catch(() => undefined) // a full disk must not keep it from stopping
  })
  return logger
}

async function closed(logger: winston.Logger, stream: WriteStream): Promise<void> {
  await once(logger, 'finish')
  stream.end()
  await once(stream, 'close')
}
