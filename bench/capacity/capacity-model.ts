import type { Costs } from './costs.js'

/** An installation, and what its users do at the busiest time. */
export interface Workload {
  users: number
  /** Of all users, connected at the busiest time; 0 to 1. */
  online: number
  /** Who receives a message, on average. */
  membersPerChat: number
  /** Of one user in a day. */
  messagesPerDay: number
  readsPerDay: number
  /** Of the events and reads of a day, in its busiest hour; 0 to 1. */
  peakHour: number
  nodes: number
  /** Logs that chats are partitioned over, each with databases of its own. */
  shards: number
  eventStore: 'postgres' | 'eventstoredb'
}

/** How much of something is used; above 1 it is not enough. */
export interface Load {
  part: string
  share: number
  about: string
}

export interface Capacity {
  sendsPerSecond: number
  readsPerSecond: number
  deliveriesPerSecond: number
  socketsPerNode: number
  nodeMemoryMib: number
  /** Most used first. */
  loads: Load[]
  /** Messages a second at which the first part is used up, all else in proportion. */
  maxSendsPerSecond: number
  gibPerYear: { log: number; audit: number; readModels: number }
}

const SECONDS_PER_HOUR = 3_600
const GIB = 1_024 ** 3
/** The share of a day's sockets that connect again in the busiest minute: a node that was restarted loses all of its own. */
const RECONNECT_SECONDS = 60

/** What a workload takes of each part, by what each thing costs. Nodes are used evenly, which a balancer that counts connections achieves. */
export function capacityOf(workload: Workload, costs: Costs): Capacity {
  const { users, online, membersPerChat, nodes, shards, peakHour } = workload
  const perSecond = (perDay: number): number => (users * perDay * peakHour) / SECONDS_PER_HOUR
  const sends = perSecond(workload.messagesPerDay)
  const reads = perSecond(workload.readsPerDay)
  const deliveries = sends * membersPerChat * online
  const sockets = users * online
  const nodeUs =
    (sends / nodes) * costs.sendUs +
    (reads / nodes) * ((costs.chatListUs + costs.historyUs) / 2) +
    (deliveries / nodes) * costs.deliveryUs +
    sends * (1 - 1 / nodes) * costs.foreignEventUs
  const projectorUs = (sends / shards) * costs.projectedEventUs
  const logRate = workload.eventStore === 'postgres' ? costs.postgresLogPerSecond : costs.eventStoreLogPerSecond
  const loads: Load[] = [
    { part: 'main thread of a node', share: nodeUs / 1e6, about: 'one core each: more nodes' },
    {
      part: 'main thread of the node that projects',
      share: (nodeUs + projectorUs) / 1e6,
      about: 'a node of its own for projections: PARLEY_ROLES',
    },
    {
      part: 'projector',
      share: sends / shards / costs.projectorPerSecond,
      about: 'one applies events in order: more shards',
    },
    { part: 'log', share: sends / shards / logRate, about: 'one log takes events in one order: more shards' },
    {
      part: 'Postgres, of two cores',
      share: ((sends / shards) * costs.postgresSendUs) / 2e6,
      about: 'more cores for Postgres',
    },
    {
      part: 'reconnecting after a node was lost, within a minute',
      share: nodes === 1 ? 0 : ((sockets / nodes / (nodes - 1)) * costs.resumeUs) / 1e6 / RECONNECT_SECONDS,
      about: 'more nodes, each with fewer sockets',
    },
  ]
  const most = Math.max(...loads.map(({ share }) => share))
  const eventsPerYear = users * workload.messagesPerDay * 365
  return {
    sendsPerSecond: sends,
    readsPerSecond: reads,
    deliveriesPerSecond: deliveries,
    socketsPerNode: sockets / nodes,
    nodeMemoryMib: costs.nodeMib + ((sockets / nodes) * costs.socketKib) / 1_024,
    loads: loads.toSorted((one, other) => other.share - one.share),
    maxSendsPerSecond: sends / most,
    gibPerYear: {
      log: (eventsPerYear * costs.logBytes) / GIB,
      audit: (eventsPerYear * costs.auditBytes) / GIB,
      readModels: (eventsPerYear * costs.readModelBytes) / GIB,
    },
  }
}
