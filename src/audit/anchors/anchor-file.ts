import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Checkpoint } from '../checkpoints/checkpoint.js'

/** The checkpoints in a file that anchoring has written, in order; none where there is no such file. @throws Error for a line that is none */
export async function* readAnchorFile(path: string): AsyncGenerator<Checkpoint> {
  if (!existsSync(path)) return
  let number = 0
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number++
    if (line !== '') yield parseLine(line, `${path}, line ${number}`)
  }
}

function parseLine(line: string, where: string): Checkpoint {
  try {
    const checkpoint = JSON.parse(line) as Checkpoint
    if (Number.isSafeInteger(checkpoint.ordinal) && typeof checkpoint.hash === 'string') return checkpoint
  } catch {
    // named below
  }
  throw new Error(`${where} is no checkpoint`)
}
