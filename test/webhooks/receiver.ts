import { createHmac } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { startLocalWeb, type LocalWeb } from '../outbound/local-web.js'

/** One attempt, as it arrived. */
export interface Received {
  path: string
  id: string
  timestamp: string
  signature: string
  contentType: string
  body: string
  frame: { event: string; payload: Payload }
}

interface Payload {
  version: number
  chatId: string
  id?: string
  content?: string | null
  message?: { content: string | null }
}

export interface Receiver extends AsyncDisposable {
  web: LocalWeb
  /** The chat that a test is about: what comes of others is answered 204. */
  chatId: string
  /** Of that chat. */
  received: Received[]
  ofOthers: Received[]
  /** What it answers to an attempt; 204 unless a test says otherwise. */
  answer: (attempt: Received) => number | Promise<number>
}

/** Whoever webhooks of `https://secure.example` and `http://web.example` lead to. */
export async function startReceiver(): Promise<Receiver> {
  const web = await startLocalWeb()
  const receiver: Receiver = {
    web,
    chatId: '',
    received: [],
    ofOthers: [],
    answer: () => 204,
    [Symbol.asyncDispose]: () => web[Symbol.asyncDispose](),
  }
  web.handler = (request, response) => {
    const header = (name: string): string => String(request.headers[name])
    void text(request).then(async (body) => {
      const attempt: Received = {
        path: `${request.method ?? ''} ${request.url ?? ''}`,
        id: header('webhook-id'),
        timestamp: header('webhook-timestamp'),
        signature: header('webhook-signature'),
        contentType: header('content-type'),
        body,
        frame: JSON.parse(body) as Received['frame'],
      }
      const isOfTest = attempt.frame.payload.chatId === receiver.chatId
      ;(isOfTest ? receiver.received : receiver.ofOthers).push(attempt)
      response.writeHead(isOfTest ? await receiver.answer(attempt) : 204).end()
    })
  }
  return receiver
}

/** As docs/webhooks.md tells receivers to. */
export function isSigned({ id, timestamp, body, signature }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return signature === `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
