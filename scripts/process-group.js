import { spawn } from 'node:child_process'
import { once } from 'node:events'

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 }
/** How long output may still be read after the exit: a process that left the group may hold the pipes open without end. */
const DRAIN_MS = 1_000
const running = new Set()

/**
 * Starts a process in a group of its own, so that it can be killed together with everything that it started: an endless loop
 * reacts to nothing but SIGKILL. The group does not receive this process's ^C, so that every group is killed when this process is stopped.
 * `closed` resolves with code and signal once it has ended and all of its output was read, and rejects where it could not be started.
 */
export function spawnGroup(command, args, options) {
  const child = spawn(command, args, { ...options, detached: true })
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // it has ended by itself
    }
  }
  watch(kill)
  const closed = closing(child).finally(() => unwatch(kill))
  return { child, kill, closed }
}

/** The event `close` does not come where this side has closed the channel for messages. */
async function closing(child) {
  const streams = [child.stdout, child.stderr]
  const read = Promise.all(streams.map((stream) => once(stream, 'close')))
  const [code, signal] = await once(child, 'exit')
  const timer = setTimeout(() => streams.forEach((stream) => stream.destroy()), DRAIN_MS)
  await read
  clearTimeout(timer)
  return { code, signal }
}

function watch(kill) {
  if (running.size === 0) for (const signal of Object.keys(SIGNALS)) process.on(signal, stopAll)
  running.add(kill)
}

function unwatch(kill) {
  running.delete(kill)
  if (running.size === 0) for (const signal of Object.keys(SIGNALS)) process.off(signal, stopAll)
}

function stopAll(signal) {
  for (const kill of running) kill()
  process.exit(128 + SIGNALS[signal])
}
