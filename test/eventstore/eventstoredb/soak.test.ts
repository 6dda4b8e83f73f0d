import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { type EventLog, type Position, UnknownOutcomeError } from '../../../src/eventstore/event-log.js'
import { newEvents, newStream, readToEnd } from '../../contract/event-log-support.js'
import { type ChildServer, startChildServer } from '../../support/eventstore-server/child-server.js'
import { eventually } from '../../support/eventually.js'
import { randomsOf, type Randoms } from '../../support/randoms.js'
import { type BreakableProxy, openBreakableProxy } from '../../support/breakable-proxy.js'
import { openedLogs } from './opened-logs.js'
import { watchUnhandled } from './watch-unhandled.js'

/** `PARLEY_SOAK_SECONDS=600` for the whole of it; `PARLEY_SOAK_SEED` to see the same faults in the same order again. */
const SECONDS = Number(process.env['PARLEY_SOAK_SECONDS'] ?? 30)
const SEED = Number(process.env['PARLEY_SOAK_SEED'] ?? randomInt(2 ** 31))
const WRITERS = 8
const MB = 1024 * 1024

describe(`The event log in EventStoreDB through ${SECONDS} s of random faults, by PARLEY_SOAK_SEED=${SEED}`, function () {
  this.timeout((SECONDS + 180) * 1000)
  let folder: string
  let server: ChildServer
  let proxy: BreakableProxy
  const open = openedLogs()
  watchUnhandled()

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-soak-'))
    server = await startChildServer('--data', folder)
    proxy = await openBreakableProxy(server.url)
  })

  after(async () => {
    await proxy[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  it('has every acknowledged event exactly once, complete followers, and constant memory', async () => {
    const log = await open(proxy.url, { timeoutMs: 1_500, watchMs: 500 })
    const work = new AbortController()
    const follow = new AbortController()
    const counts = { appends: 0, unknown: 0, faults: 0 }
    const streams = Array.from({ length: WRITERS }, () => newStream())
    const followers = [
      checkedFollower(log, follow.signal),
      checkedFollower(log, follow.signal),
      checkedFollower(log, follow.signal, randomsOf(SEED + 1)),
    ]
    const acknowledged = Promise.all(streams.map((stream) => write(log, stream, work.signal, counts)))

    const heapAt = async (part: number): Promise<number> => {
      await breakThings(randomsOf(SEED + part), performance.now() + (SECONDS * 1000) / 2, counts)
      return heapInUse()
    }
    const halfWay = await heapAt(100)
    const end = await heapAt(200)
    work.abort()
    const versions = await acknowledged

    // Reads fail while the store is away, and the connection for them may be the last to come back.
    const stored = await eventually(() => readToEnd(log, log.start), { timeoutMs: 30_000 })
    for (const [index, stream] of streams.entries()) {
      const found = stored.filter((event) => event.stream === stream).map(({ version }) => version)
      expect(found).to.deep.equal(Array.from({ length: versions[index]! }, (_, at) => at + 1))
    }
    expect(new Set(stored.map(({ id }) => id)).size).to.equal(stored.length)
    const head = await log.head()
    for (const { seen } of followers) {
      await eventually(() => expect(seen.position).to.equal(head), { timeoutMs: 30_000 })
      expect(seen.faults).to.deep.equal([])
      expect(seen.count).to.equal(stored.length)
    }
    follow.abort()
    await Promise.all(followers.map(({ done }) => done))
    console.log(
      `      ${stored.length} events, ${counts.appends} appends, ${counts.unknown} of unknown outcome, ${counts.faults} faults,`,
      `heap ${Math.round(halfWay / MB)} → ${Math.round(end / MB)} MB`,
    )
    expect(end - halfWay).to.be.below(24 * MB) // the window of recent events among them
  })

  /** Appends one to five events at a time, each call until it is answered; gives the stream's last version. */
  async function write(
    log: EventLog,
    stream: string,
    signal: AbortSignal,
    counts: { appends: number; unknown: number },
  ): Promise<number> {
    let version = 0
    while (!signal.aborted) {
      const events = newEvents(1 + (version % 5))
      for (let answered = false; !answered;) {
        try {
          version = (await log.append(stream, version, events)).version
          counts.appends++
          answered = true
        } catch (error) {
          if (!(error instanceof UnknownOutcomeError)) throw error
          counts.unknown++
          await pause(50)
        }
      }
      await pause(5)
    }
    return version
  }

  /** Something every second or three, now and then two things at once; all is well in the end. */
  async function breakThings(randoms: Randoms, until: number, counts: { faults: number }): Promise<void> {
    const kinds = [cut, swallow, hang, kill]
    while (performance.now() < until) {
      await pause(randoms.below(2_000) + 500)
      counts.faults++
      const first = kinds[randoms.below(kinds.length)]!
      if (randoms.below(4) === 0) await Promise.all([first(randoms), cut(randoms)])
      else await first(randoms)
    }
    proxy.restore()
  }

  async function cut(randoms: Randoms): Promise<void> {
    proxy.cut()
    await pause(randoms.below(400))
    proxy.restore()
  }

  async function swallow(randoms: Randoms): Promise<void> {
    proxy.swallow()
    await pause(randoms.below(2_500))
    proxy.restore()
  }

  async function hang(randoms: Randoms): Promise<void> {
    server.process.kill('SIGSTOP')
    await pause(randoms.below(2_500))
    server.process.kill('SIGCONT')
  }

  async function kill(randoms: Randoms): Promise<void> {
    await server.kill()
    await pause(randoms.below(500))
    await server.start('--not-ready-ms', String(randoms.below(400)))
  }
})

interface Seen {
  count: number
  position: Position
  faults: string[]
}

/** Counts, and notes each event that is not the next of its stream. With `randoms` it leaves now and then, and comes back. */
function checkedFollower(log: EventLog, signal: AbortSignal, randoms?: Randoms): { seen: Seen; done: Promise<void> } {
  const versions = new Map<string, number>()
  const seen: Seen = { count: 0, position: log.start, faults: [] }

  async function run(): Promise<void> {
    for (let left = true; left;) {
      left = false
      for await (const { events, position } of log.follow(seen.position, { signal })) {
        for (const { stream, version } of events) {
          const before = versions.get(stream) ?? 0
          if (version !== before + 1) seen.faults.push(`${stream}: ${version} after ${before}`)
          versions.set(stream, version)
          seen.count++
        }
        seen.position = position
        left = randoms?.below(20) === 0
        if (left) break
      }
    }
  }

  return { seen, done: run() }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapInUse(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
