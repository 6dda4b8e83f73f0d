interface Measured {
  value: number
  unit: string
  /** What costs it. */
  what: string
  /** How it was measured: a line of the benchmark, or where the figure is from. */
  by: string
}

/**
 * What things cost on the machine of docs/performance.md, measured with everything on: sealing, MACs, audit trail and chain, limits, metrics. Microseconds are
 * CPU time. The table in docs/scale.md shows the same.
 */
export const costTable = {
  sendUs: { value: 550, unit: 'µs', what: 'a message, main thread of a node', by: '`--ab`, send, 32 connections' },
  chatListUs: { value: 756, unit: 'µs', what: 'a chat list', by: 'chat list, 32 connections: processor' },
  historyUs: { value: 1_218, unit: 'µs', what: 'a page of 50 messages', by: 'history, latest 50 messages: processor' },
  deliveryUs: { value: 15, unit: 'µs', what: 'a message to one socket', by: 'fan-out to 500 sockets' },
  resumeUs: {
    value: 3_300,
    unit: 'µs',
    what: 'a socket that connects and resumes',
    by: 'resume of 500 clients at once',
  },
  foreignEventUs: {
    value: 60,
    unit: 'µs',
    what: 'an event that another node appended, and that concerns no socket here',
    by: 'two nodes, one of them idle',
  },
  projectedEventUs: {
    value: 64,
    unit: 'µs',
    what: 'an event applied to the read models',
    by: 'rebuild of conversations',
  },
  postgresSendUs: {
    value: 350,
    unit: 'µs',
    what: "a message, Postgres' processes: append, read models, trail and chain",
    by: 'its processes beside the send',
  },
  postgresLogPerSecond: {
    value: 9_800,
    unit: 'events/s',
    what: 'a log in Postgres',
    by: 'log append, 256 streams at once',
  },
  eventStoreLogPerSecond: {
    value: 5_500,
    unit: 'events/s',
    what: 'a log in EventStoreDB',
    by: 'EventStoreDB append, 256 streams at once',
  },
  projectorPerSecond: { value: 5_700, unit: 'events/s', what: 'a projector', by: 'rebuild of conversations' },
  socketKib: { value: 55, unit: 'KiB', what: 'an idle socket', by: 'memory of an idle socket' },
  nodeMib: { value: 250, unit: 'MiB', what: 'a node without sockets', by: 'its resident memory under load' },
  logBytes: {
    value: 1_315,
    unit: 'bytes',
    what: 'a message of 100 characters: log',
    by: 'tables with 50,000 messages',
  },
  auditBytes: {
    value: 1_002,
    unit: 'bytes',
    what: 'the same: audit chain and trail',
    by: 'tables with 50,000 messages',
  },
  readModelBytes: { value: 2_094, unit: 'bytes', what: 'the same: read models', by: 'tables with 50,000 messages' },
} as const satisfies Record<string, Measured>

/** By the names of the table. */
export type Costs = Record<keyof typeof costTable, number>

export const measuredCosts = Object.fromEntries(
  Object.entries(costTable).map(([name, { value }]) => [name, value]),
) as Costs
