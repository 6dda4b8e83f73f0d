import { setTimeout as sleep } from 'node:timers/promises'
import type { Place } from './pinning.js'
import { startNode, type NodeProcess, type NodeProcessOptions } from './node-process.js'

/** A server under measurement. */
export interface Server extends NodeProcess {
  url: string
  /** From starting the process to its first answer. */
  startMs: number
}

const PATIENCE_MS = 60_000

/** Starts it and waits until it says where it listens, and answers there. */
export async function startServer({
  place = 'server',
  ...options
}: Omit<NodeProcessOptions, 'place'> & { place?: Place }): Promise<Server> {
  const began = performance.now()
  const started = startNode({ ...options, place, env: { PORT: '0', ...options.env } })
  const url = await listening(started, options.script)
  await (await fetch(`${url}/healthz`)).arrayBuffer()
  return { ...started, url, startMs: performance.now() - began }
}

async function listening(started: NodeProcess, script: string): Promise<string> {
  const late = AbortSignal.timeout(PATIENCE_MS)
  const ended = started.ended.then(() => true)
  for (;;) {
    const [, url] = /listens on (http:\S+)/.exec(started.output()) ?? []
    if (url !== undefined) return url
    const isOver = await Promise.race([ended, sleep(2, false)])
    if (isOver || late.aborted) throw new Error(`${script} does not listen:\n${started.output()}`)
  }
}
