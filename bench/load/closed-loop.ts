import { openHttpConnection, type HttpConnection } from './http-connection.js'
import { latenciesOf, type Latencies } from './latencies.js'

export interface RestOutcome {
  /** Answers a second, good ones only. */
  rate: number
  /** In milliseconds, of the good ones. */
  latency: Latencies
  /** Everything that was asked, the warm-up included. */
  asked: number
  /** How often each bad status came; 0 where the connection broke. */
  bad: Record<string, number>
}

export interface ClosedLoop {
  url: string
  connections: number
  /** Not counted, to begin with. */
  warmSeconds: number
  seconds: number
  next: () => string
}

/** Each connection asks again as soon as it is answered. */
export async function closedLoop({ url, connections, warmSeconds, seconds, next }: ClosedLoop): Promise<RestOutcome> {
  const opened = await Promise.all(Array.from({ length: connections }, () => openHttpConnection(url)))
  const from = performance.now() + warmSeconds * 1000
  const until = from + seconds * 1000
  const latencies: number[] = []
  const bad: Record<string, number> = {}
  let asked = 0

  async function work(connection: HttpConnection): Promise<void> {
    for (let began = performance.now(); began < until;) {
      const status = await connection.ask(next()).then(
        (answer) => answer.status,
        () => 0,
      )
      const ended = performance.now()
      asked++
      if (status < 200 || status > 299) bad[status] = (bad[status] ?? 0) + 1
      else if (ended >= from && ended < until) latencies.push(ended - began)
      if (status === 0) return
      began = ended
    }
  }

  await Promise.all(opened.map(work))
  for (const connection of opened) connection.close()
  return { rate: latencies.length / seconds, latency: latenciesOf(latencies), asked, bad }
}
