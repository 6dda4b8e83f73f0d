import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import gossipServices from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import serverFeaturesServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import streamsServices from '@eventstore/db-client/generated/streams_grpc_pb.js'
import { maxAppendSize } from './append-request.js'
import { type BatchAppendCall, handleBatchAppend } from './batch-append.js'
import { type Connection, createConnections } from './connections.js'
import { handleDelete, handleTombstone } from './delete-call.js'
import { createEventStore } from './event-store.js'
import { createFaults, type Faults } from './faults.js'
import { openLogFile } from './log-file.js'
import type { LogRecord } from './log-record.js'
import type { ReadCall } from './outlet.js'
import { handleRead } from './read-call.js'
import { clusterOfOne, supportedMethods } from './server-description.js'
import { handleStreamAppend, type StreamAppendCall } from './stream-append.js'

/*
 * An EventStoreDB 23.10.6 for tests: one node, insecure, as `@eventstore/db-client` sees it.
 *
 *   await using server = await startEventStoreServer()
 *   const client = EventStoreDBClient.connectionString(server.url)
 *   server.faults.storeWithoutAnswer(1)
 *
 * As a process of its own, to be killed and started again:
 *
 *   node dist/test/support/eventstore-server/main.js --port 0 --data FOLDER
 *
 * test/eventstore/eventstoredb/likeness.test.ts holds it to what a real server answered.
 */

export interface EventStoreServerOptions {
  /** By default, any that is free. */
  port?: number
  /** Where the log is kept; without, it ends with the server. */
  dataFolder?: string
  /** Each append waits for the disk. By default it survives the death of the process, but no loss of power. */
  fsync?: boolean
  /** For so long after its start it listens, and refuses what is asked of it. */
  notReadyMs?: number
  /** How far its clock is ahead of ours. */
  clockAheadMs?: number
  /** What it takes in one append; a mebibyte by default. */
  maxAppendBytes?: number
  /** Calls at once on one connection; more wait. */
  maxCalls?: number
}

export interface EventStoreServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly faults: Faults
  /** What is in flight on each connection. */
  readonly connections: Connection[]
  /** Reads and subscriptions in flight, on all connections. */
  readonly reads: number
  readonly subscriptions: number
  /** The most reads in flight at once so far. */
  readonly mostReads: number
  /** Reads and subscriptions begun so far. */
  readonly readsBegun: number
  readonly subscriptionsBegun: number
  /** What a stream holds, whether it was answered or not. */
  stored(stream: string): readonly LogRecord[]
  /** Destroys all connections and ends; disposal does the same. */
  stop(): Promise<void>
}

const maxMessageBytes = 17 * 1024 * 1024

export async function startEventStoreServer(options: EventStoreServerOptions = {}): Promise<EventStoreServer> {
  const {
    port = 0,
    dataFolder,
    fsync = false,
    notReadyMs = 0,
    clockAheadMs = 0,
    maxAppendBytes = maxAppendSize,
    maxCalls = 100,
  } = options
  const store = createEventStore(dataFolder === undefined ? undefined : openLogFile({ folder: dataFolder, fsync }))
  const connections = createConnections()
  const { faults, state } = createFaults(() => connections.cutAll())
  const grpc = new Server({
    'grpc.max_concurrent_streams': maxCalls,
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
  })
  const listener = createServer()
  const portOf = (): number => (listener.address() as AddressInfo).port
  const id = randomUUID()
  const inUse = { store, faults: state }

  const begun = <Call extends Parameters<typeof connections.begin>[0]>(call: Call, kind: 'append' | 'other'): Call => {
    connections.begin(call, kind)
    return call
  }
  grpc.addService(streamsServices.StreamsService, {
    read: (call: ReadCall) => void handleRead(call, { ...inUse, connections }),
    append: (call: StreamAppendCall, respond) =>
      handleStreamAppend(begun(call, 'append'), respond, { ...inUse, cut: () => connections.cut(call) }),
    batchAppend: (call: BatchAppendCall) =>
      handleBatchAppend(begun(call, 'append'), {
        ...inUse,
        cut: () => connections.cut(call),
        now: () => Date.now() + clockAheadMs,
        maxAppendBytes,
      }),
    delete: (call, respond) => handleDelete(begun(call, 'other').request, respond, inUse),
    tombstone: (call, respond) => handleTombstone(begun(call, 'other').request, respond, inUse),
  } satisfies streamsServices.IStreamsServer)
  grpc.addService(serverFeaturesServices.ServerFeaturesService, {
    getSupportedMethods: (call, respond) => {
      begun(call, 'other')
      respond(null, supportedMethods())
    },
  } satisfies serverFeaturesServices.IServerFeaturesServer)
  grpc.addService(gossipServices.GossipService, {
    read: (call, respond) => {
      begun(call, 'other')
      respond(null, clusterOfOne(id, portOf()))
    },
  } satisfies gossipServices.IGossipServer)

  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure())
  listener.on('connection', (socket) => {
    socket.on('error', () => undefined)
    if (state.refuses === 'connections') return void socket.destroy()
    connections.accept(socket)
    injector.injectConnection(socket)
  })
  listener.listen(port, '127.0.0.1')
  await once(listener, 'listening')
  if (notReadyMs > 0) {
    faults.refuse('calls')
    setTimeout(faults.heal, notReadyMs).unref()
  }

  let stopping: Promise<void> | undefined
  async function stop(): Promise<void> {
    const closed = once(listener, 'close')
    listener.close()
    connections.cutAll()
    grpc.forceShutdown()
    await closed
    store.close()
  }
  const stopOnce = (): Promise<void> => (stopping ??= stop())

  const listeningPort = portOf()
  return {
    url: `esdb://127.0.0.1:${listeningPort}?tls=false`,
    port: listeningPort,
    faults,
    get connections() {
      return connections.list()
    },
    get reads() {
      return connections.count('read')
    },
    get subscriptions() {
      return connections.count('subscription')
    },
    get mostReads() {
      return connections.most('read')
    },
    get readsBegun() {
      return connections.begun('read')
    },
    get subscriptionsBegun() {
      return connections.begun('subscription')
    },
    stored: (stream) => store.stream(stream)?.events ?? [],
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  }
}
