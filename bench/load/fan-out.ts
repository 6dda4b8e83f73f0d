import { openHttpConnection } from './http-connection.js'
import { newContent, sendRequest } from './requests.js'
import { NEW_MESSAGE, openSocket } from './socket-connection.js'

export interface FanOut {
  url: string
  chatId: string
  /** Of the members; sockets and senders go round them. */
  tokens: string[]
  sockets: number
  senders: number
  warmSeconds: number
  seconds: number
}

/** Arrivals at sockets a second. Each sender waits until so many messages as there are senders are all that is still on the way. */
export async function fanOut({ url, chatId, tokens, sockets, senders, ...time }: FanOut): Promise<{ rate: number }> {
  const tokenOf = (place: number): string => tokens[place % tokens.length] ?? ''
  let delivered = 0
  let sent = 0
  let waiting: (() => void)[] = []

  const isCrowded = (): boolean => sent * sockets - delivered > senders * sockets
  function hear(packet: Buffer): void {
    if (packet.toString('latin1', 0, NEW_MESSAGE.length) !== NEW_MESSAGE) return
    delivered++
    if (waiting.length === 0 || isCrowded()) return
    for (const go of waiting) go()
    waiting = []
  }

  let lost = 0
  const open = (place: number) =>
    openSocket({ url, auth: { token: tokenOf(place) }, onEvent: hear, onClosed: () => lost++ })
  const opened = await Promise.all(Array.from({ length: sockets }, (_, place) => open(place)))
  const began = performance.now()
  const from = began + time.warmSeconds * 1000
  const until = from + time.seconds * 1000

  async function write(place: number): Promise<void> {
    const connection = await openHttpConnection(url)
    while (performance.now() < until) {
      sent++
      const { status } = await connection.ask(sendRequest(chatId, tokenOf(place), newContent(), 'none'))
      if (status !== 201) throw new Error(`a send was answered ${status}`)
      if (isCrowded()) await new Promise<void>((resolve) => waiting.push(resolve))
    }
    connection.close()
  }

  let counted = 0
  setTimeout(() => (counted = delivered), time.warmSeconds * 1000)
  const measured = new Promise<number>((resolve) => {
    setTimeout(() => resolve(((delivered - counted) * 1000) / (performance.now() - from)), until - began)
  })
  await Promise.all(Array.from({ length: senders }, (_, place) => write(place)))
  const rate = await measured
  if (lost > 0) throw new Error(`${lost} sockets were cut off`)
  for (const socket of opened) socket.close()
  return { rate }
}
