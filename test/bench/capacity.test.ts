import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import { capacityOf, type Workload } from '../../bench/capacity/capacity-model.js'
import { costTable, measuredCosts } from '../../bench/capacity/costs.js'
import { simulateNode } from '../../bench/capacity/simulate-node.js'

const workload: Workload = {
  users: 10_000,
  online: 0.3,
  membersPerChat: 8,
  messagesPerDay: 40,
  readsPerDay: 100,
  peakHour: 0.15,
  nodes: 3,
  shards: 1,
  eventStore: 'eventstoredb',
}
const shareOf = (given: Workload, part: string): number =>
  capacityOf(given, measuredCosts).loads.find((load) => load.part === part)!.share

describe('the capacity model', () => {
  it('counts what users do at the busiest time', () => {
    const { sendsPerSecond, deliveriesPerSecond, socketsPerNode } = capacityOf(workload, measuredCosts)
    expect(sendsPerSecond).to.be.closeTo((10_000 * 40 * 0.15) / 3_600, 1e-9)
    expect(deliveriesPerSecond).to.be.closeTo(sendsPerSecond * 8 * 0.3, 1e-9)
    expect(socketsPerNode).to.equal(1_000)
  })

  it('is used up at the rate that it names, whatever the workload', () => {
    const sizes = fc.record({
      users: fc.integer({ min: 10, max: 1e6 }),
      nodes: fc.integer({ min: 1, max: 50 }),
      shards: fc.integer({ min: 1, max: 8 }),
      eventStore: fc.constantFrom('postgres' as const, 'eventstoredb' as const),
    })
    fc.assert(
      fc.property(sizes, (size) => {
        const given = { ...workload, ...size }
        const { maxSendsPerSecond, sendsPerSecond } = capacityOf(given, measuredCosts)
        const scaled = { ...given, users: (given.users * maxSendsPerSecond) / sendsPerSecond }
        expect(capacityOf(scaled, measuredCosts).loads[0]!.share).to.be.closeTo(1, 1e-9)
      }),
    )
  })

  it('nodes share requests, while each follows what the others append; shards share the log', () => {
    const node = 'main thread of a node'
    const [three, six] = [shareOf(workload, node), shareOf({ ...workload, nodes: 6 }, node)]
    expect(six)
      .to.be.lessThan(three)
      .and.greaterThan(three / 2)
    expect(shareOf({ ...workload, shards: 4 }, 'log')).to.be.closeTo(shareOf(workload, 'log') / 4, 1e-12)
    expect(shareOf({ ...workload, eventStore: 'postgres' }, 'log')).to.be.lessThan(shareOf(workload, 'log'))
  })

  it('says of one node what the benchmark measured, within a factor of two', () => {
    const { lines } = JSON.parse(readFileSync('bench/recorded.json', 'utf8')) as {
      lines: { name: string; ours: number }[]
    }
    const measured = lines.find(({ name }) => name === 'send, 32 connections, 200 chats: rate')!.ours
    const alone = {
      ...workload,
      nodes: 1,
      readsPerDay: 0,
      membersPerChat: 4,
      online: 0.25,
      eventStore: 'postgres' as const,
    }
    const { maxSendsPerSecond } = capacityOf(alone, measuredCosts)
    expect(maxSendsPerSecond / measured).to.be.within(0.5, 2)
  })

  it('is explained in docs/scale.md with the costs that it takes', () => {
    const page = readFileSync('docs/scale.md', 'utf8')
    const cells = (row: string): string[] =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
    const table = page.slice(page.indexOf('<!-- costs -->'), page.indexOf('<!-- end of costs -->'))
    const rows = table
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map(cells)
      .slice(2)
    const expected = Object.values(costTable).map(({ value, unit, what, by }) => [
      what,
      `${value.toLocaleString('en')} ${unit}`,
      by,
    ])
    expect(rows, expected.map((row) => `| ${row.join(' | ')} |`).join('\n')).to.deep.equal(expected)
  })

  it('a simulated event loop is as busy as its work says, and waits as queueing theory has it', () => {
    let state = 7
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
    const { busy, p50, p99 } = simulateNode([{ perSecond: 500, us: 1_000, isAwaited: true }], 200, random)
    expect(busy).to.be.closeTo(0.5, 0.02)
    // M/D/1 at half load: half of the requests find the loop idle, and one in a hundred waits for several others
    expect(p50).to.be.within(1, 1.3)
    expect(p99).to.be.within(3, 6)
  })
})
