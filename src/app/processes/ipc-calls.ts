import type { Worker } from 'node:cluster'

/** Between a worker process and the primary: either asks the other by name. */
export interface IpcCalls {
  /** @throws Error where there is no answer in time */
  call(name: string): Promise<unknown>
}

type Message = { call: string; id: number } | { answered: number; value: unknown }

const TIMEOUT_MS = 2_000

/** `channel` is the worker, in either process. A call that fails is not answered, so that its caller's time runs out. */
export function openIpcCalls(
  channel: Pick<Worker, 'on' | 'send'>,
  answers: Readonly<Record<string, () => Promise<unknown>>>,
  timeoutMs = TIMEOUT_MS,
): IpcCalls {
  const waiting = new Map<number, (value: unknown) => void>()
  let lastId = 0

  /** The other process may have ended: then nobody waits for the answer. */
  const send = (message: Message): unknown => channel.send(message, () => undefined)

  channel.on('message', (message: Message) => {
    if ('answered' in message) waiting.get(message.answered)?.(message.value)
    else
      void answers[message.call]?.().then(
        (value) => send({ answered: message.id, value }),
        () => undefined,
      )
  })

  return {
    call(name) {
      const id = ++lastId
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => settle(reject, new Error(`no answer to ${name} in time`)), timeoutMs)
        const settle = <Value>(end: (value: Value) => void, value: Value): void => {
          clearTimeout(timer)
          waiting.delete(id)
          end(value)
        }
        waiting.set(id, (value) => settle(resolve, value))
        send({ call: name, id })
      })
    },
  }
}
