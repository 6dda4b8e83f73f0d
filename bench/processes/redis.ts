import { freePort } from './free-port.js'
import { startProgram } from './program.js'

export interface BenchRedis extends AsyncDisposable {
  url: string
}

/** In memory only. */
export async function startRedis(): Promise<BenchRedis> {
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const running = await startProgram('redis-server', args, port)
  return { url: `redis://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() }
}
