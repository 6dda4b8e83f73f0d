import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 20_000

/** Starts a program of the system, and waits until something accepts connections at its port. @throws Error where it ends instead */
export async function startProgram(command: string, args: readonly string[], port: number): Promise<AsyncDisposable> {
  const child = spawn(command, args, { stdio: 'ignore' })
  const ended = once(child, 'exit').catch((error: unknown) => error)
  const failed = ended.then(() => {
    throw new Error(`${command} does not run: install it for this experiment`)
  })
  failed.catch(() => undefined) // that it ends later is no failure
  const late = AbortSignal.timeout(PATIENCE_MS)
  while (!(await Promise.race([accepts(port), failed]))) {
    late.throwIfAborted()
    await sleep(20)
  }
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
