import { setTimeout as sleep } from 'node:timers/promises'
import { openHttpConnection } from './http-connection.js'

const MAX_CONNECTIONS = 64

export interface PacedSends {
  url: string
  perSecond: number
  seconds: number
  /** Made at the very moment when it is sent, or put in the queue where every connection is taken. */
  next: () => string
}

/** Sends at a steady rate, whether or not the server keeps up; gives how many were asked, and how often each bad status came. */
export async function pacedSends({ url, perSecond, seconds, next }: PacedSends) {
  const free = await Promise.all(Array.from({ length: MAX_CONNECTIONS }, () => openHttpConnection(url)))
  const opened = [...free]
  const queue: string[] = []
  const bad: Record<string, number> = {}
  let asked = 0
  let answered = 0

  function pump(): void {
    while (queue.length > 0) {
      const connection = free.pop()
      if (connection === undefined) return
      void connection
        .ask(queue.shift() ?? '')
        .then(({ status }) => status)
        .catch(() => 0)
        .then((status) => {
          answered++
          if (status < 200 || status > 299) bad[status] = (bad[status] ?? 0) + 1
          free.push(connection)
          pump()
        })
    }
  }

  const began = performance.now()
  for (const end = began + seconds * 1000; performance.now() < end;) {
    for (const due = ((performance.now() - began) / 1000) * perSecond; asked < due; asked++) queue.push(next())
    pump()
    await sleep(1)
  }
  const patience = performance.now() + 10_000
  while (answered < asked && performance.now() < patience) await sleep(5)
  for (const connection of opened) connection.close()
  if (answered < asked) bad['unanswered'] = asked - answered
  return { asked, bad }
}
