import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import type winston from 'winston'
import type { Releases } from '../release.js'
import { createLogger } from './logger.js'

/** JSON lines in a file of their own, which is appended to, or on standard output. @throws where the file cannot be written */
export async function openSeparateLog(target: string, releases: Releases): Promise<winston.Logger> {
  if (target === 'stdout') return createLogger({ level: 'silly', json: true, stream: process.stdout })
  const stream = createWriteStream(target, { flags: 'a', mode: 0o640 })
  await once(stream, 'open')
  stream.on('error', () => undefined) // a full disk must not end the process
  const logger = createLogger({ level: 'silly', json: true, stream })
  releases.onRelease(async () => {
    logger.end()
    await once(logger, 'finish')
    stream.end()
    await once(stream, 'close')
  })
  return logger
}
