import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { capacityOf, type Capacity, type Workload } from './capacity-model.js'
import { measuredCosts, type Costs } from './costs.js'
import { simulateNode, type Simulated } from './simulate-node.js'

const USAGE = `npm run capacity -- [--users N] [--online 0.3] [--members N] [--messages N] [--reads N] [--peak 0.15]
                    [--nodes N] [--shards N] [--log postgres|eventstoredb] [--costs FILE] [--json]`

const SIMULATED_SECONDS = 60

function workloadOf(values: Record<string, string | boolean | undefined>): Workload {
  const number = (name: string, min: number, max: number): number => {
    const value = Number(values[name])
    if (value >= min && value <= max) return value
    throw new Error(`--${name} must be a number from ${min} to ${max}\n${USAGE}`)
  }
  const eventStore = values['log']
  if (eventStore !== 'postgres' && eventStore !== 'eventstoredb') throw new Error(`--log is one of two\n${USAGE}`)
  return {
    users: number('users', 1, 1e9),
    online: number('online', 0, 1),
    membersPerChat: number('members', 1, 1e5),
    messagesPerDay: number('messages', 0, 1e5),
    readsPerDay: number('reads', 0, 1e5),
    peakHour: number('peak', 1 / 24, 1),
    nodes: number('nodes', 1, 1_000),
    shards: number('shards', 1, 1_000),
    eventStore,
  }
}

function simulate(
  workload: Workload,
  costs: Costs,
  { sendsPerSecond, readsPerSecond, deliveriesPerSecond }: Capacity,
): Simulated {
  const { nodes } = workload
  return simulateNode(
    [
      { perSecond: sendsPerSecond / nodes, us: costs.sendUs, isAwaited: true },
      { perSecond: readsPerSecond / nodes / 2, us: costs.chatListUs, isAwaited: true },
      { perSecond: readsPerSecond / nodes / 2, us: costs.historyUs, isAwaited: true },
      // those of one message leave together
      {
        perSecond: sendsPerSecond,
        us: (deliveriesPerSecond / Math.max(sendsPerSecond, 1e-9) / nodes) * costs.deliveryUs,
        isAwaited: false,
      },
    ],
    SIMULATED_SECONDS,
    Math.random,
  )
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(9)
const rounded = (value: number): string => Math.round(value).toLocaleString('en')

function report(capacity: Capacity, { busy, p50, p99 }: Simulated): string {
  const { gibPerYear: year } = capacity
  return [
    `At the busiest time: ${rounded(capacity.sendsPerSecond)} messages, ${rounded(capacity.readsPerSecond)} reads and ${rounded(capacity.deliveriesPerSecond)} deliveries a second.`,
    `Each node: ${rounded(capacity.socketsPerNode)} sockets, ${rounded(capacity.nodeMemoryMib)} MiB.`,
    '',
    'Used (above 100 % it is not enough):',
    ...capacity.loads.map(({ part, share, about }) => `${percent(share)}  ${part}  (${about})`),
    '',
    `First limit at ${rounded(capacity.maxSendsPerSecond)} messages a second.`,
    `Simulated for a node: busy ${percent(busy).trim()}, a request takes ${p50.toFixed(1)} ms of waiting and work at the median, ${p99.toFixed(1)} ms at p99.`,
    `A year: ${rounded(year.log)} GiB of log, ${rounded(year.audit)} of chain and trail, ${rounded(year.readModels)} of read models.`,
  ].join('\n')
}

function main(): void {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      users: { ...text, default: '10000' },
      online: { ...text, default: '0.3' },
      members: { ...text, default: '8' },
      messages: { ...text, default: '40' },
      reads: { ...text, default: '100' },
      peak: { ...text, default: '0.15' },
      nodes: { ...text, default: '3' },
      shards: { ...text, default: '1' },
      log: { ...text, default: 'eventstoredb' },
      costs: text,
      json: { type: 'boolean', default: false },
    },
  })
  const given = values.costs === undefined ? {} : (JSON.parse(readFileSync(values.costs, 'utf8')) as Partial<Costs>)
  const costs = { ...measuredCosts, ...given }
  const workload = workloadOf(values)
  const capacity = capacityOf(workload, costs)
  const simulated = simulate(workload, costs, capacity)
  console.log(values.json ? JSON.stringify({ workload, costs, ...capacity, simulated }) : report(capacity, simulated))
}

try {
  main()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}
