import { v7 as uuidv7 } from 'uuid'

/** Requests as text: heads are made once for each path and token. */

const heads = new Map<string, string>()

function headOf(method: string, path: string, token: string | null): string {
  const id = `${method} ${path} ${token}`
  const known = heads.get(id)
  if (known !== undefined) return known
  const authorization = token === null ? '' : `Authorization: Bearer ${token}\r\n`
  const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: load/1\r\nAccept: application/json\r\n${authorization}`
  heads.set(id, head)
  return head
}

/** `more`: whole lines. */
export const getRequest = (path: string, token: string | null, more = ''): string =>
  `${headOf('GET', path, token)}${more}\r\n`

/** `body` has only ASCII, so that its length is its size. */
export const bodyRequest = (method: string, path: string, token: string | null, body: string, more = ''): string =>
  `${headOf(method, path, token)}${more}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`

/** What a client of a careful app sends with each message: none, the header, or the message's own id. */
export type ClientKeys = 'none' | 'header' | 'message'

export function sendRequest(chatId: string, token: string, content: string, keys: ClientKeys): string {
  const path = `/chats/${chatId}/messages`
  if (keys === 'message') return bodyRequest('POST', path, token, messageBody(content, uuidv7()))
  const header = keys === 'header' ? `Idempotency-Key: ${uuidv7()}\r\n` : ''
  return bodyRequest('POST', path, token, messageBody(content), header)
}

const messageBody = (content: string, key?: string): string =>
  key === undefined ? `{"content":"${content}"}` : `{"content":"${content}","clientMessageId":"${key}"}`

let sent = 0

/** About eighty characters, each time others. */
export const newContent = (): string =>
  `Message ${++sent} of ${process.pid}: shall we meet at the usual place, a little later than last time?`
