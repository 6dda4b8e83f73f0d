import { appendFile } from 'node:fs/promises'
import { checkpointText, type Checkpoint } from '../checkpoints/checkpoint.js'
import type { AnchorTarget } from './anchor-target.js'
import { timeStampQuery } from './time-stamp.js'

const DEADLINE_MS = 10_000
const MAX_ANSWER_BYTES = 64 * 1024

/** Stores a checkpoint outside; gives what proves it, null for nothing. May be repeated. @throws Error where it is not stored there */
export function sendAnchor({ kind, location }: AnchorTarget, checkpoint: Checkpoint): Promise<Buffer | null> {
  switch (kind) {
    case 'file':
      return appendLine(location, JSON.stringify(checkpoint))
    case 'webhook':
      return postCheckpoint(location, checkpoint)
    case 'time-stamp':
      return requestTimeStamp(location, checkpointText(checkpoint))
  }
}

async function appendLine(path: string, line: string): Promise<null> {
  await appendFile(path, `${line}\n`, { flush: true })
  return null
}

async function postCheckpoint(url: string, checkpoint: Checkpoint): Promise<null> {
  await post(url, 'application/json', JSON.stringify(checkpoint))
  return null
}

async function requestTimeStamp(url: string, text: string): Promise<Buffer> {
  const { body, check } = timeStampQuery(text)
  const answer = await post(url, 'application/timestamp-query', new Uint8Array(body))
  check(answer)
  return answer
}

async function post(url: string, type: string, body: string | Uint8Array<ArrayBuffer>): Promise<Buffer> {
  const { username, password } = new URL(url)
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const response = await fetch(withoutCredentials(url), {
    method: 'POST',
    headers: {
      'content-type': type,
      ...(username !== '' && { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(DEADLINE_MS),
  })
  if (!response.ok) throw new Error(`the anchor answered ${response.status}`)
  const answer = Buffer.from(await response.arrayBuffer())
  if (answer.length > MAX_ANSWER_BYTES) throw new Error('the answer of the anchor is too long')
  return answer
}

const withoutCredentials = (url: string): string => Object.assign(new URL(url), { username: '', password: '' }).href
