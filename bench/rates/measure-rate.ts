import type { Place } from '../processes/pinning.js'
import { runNode } from '../processes/node-process.js'
import type { Rates } from './rates.js'

/** Measures one of them in a process of its own. */
export async function measureRate<Name extends keyof Rates>(
  name: Name,
  args: Parameters<Rates[Name]>[0],
  { env = {}, place = 'server' }: { env?: Readonly<Record<string, string>>; place?: Place } = {},
): Promise<Awaited<ReturnType<Rates[Name]>>> {
  const output = await runNode({ place, script: 'bench/rates/main.js', args: [name, JSON.stringify(args)], env })
  return JSON.parse(output) as Awaited<ReturnType<Rates[Name]>>
}
