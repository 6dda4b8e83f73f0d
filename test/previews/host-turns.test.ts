import { expect } from 'chai'
import { createHostTurns } from '../../src/previews/host-turns.js'

describe('turns of hosts', () => {
  const page = () => Promise.resolve('page')

  it('one fetch of a host at a time, concurrently with other hosts', async () => {
    const inTurn = createHostTurns()
    const first = Promise.withResolvers<string>()
    const order: string[] = []
    const note = (name: string) => () => Promise.resolve(order.push(name))
    const running = [inTurn('a.example', () => first.promise), inTurn('a.example', note('second'))]
    await inTurn('b.example', note('other host'))
    expect(order).to.deep.equal(['other host'])
    first.resolve('first')
    expect(await Promise.all(running)).to.deep.equal(['first', 2])
  })

  it('a host with four waiting fetches is busy until they are done', async () => {
    const inTurn = createHostTurns()
    const barrier = Promise.withResolvers<string>()
    const waiting = Array.from({ length: 4 }, () => inTurn('a.example', () => barrier.promise))
    expect(await inTurn('a.example', page)).to.equal('busy')
    expect(await inTurn('b.example', page)).to.equal('page')
    barrier.resolve('page')
    await Promise.all(waiting)
    expect(await inTurn('a.example', page)).to.equal('page')
  })

  it('a slow host is busy for a minute, also for waiting fetches', async () => {
    let now = 1
    const inTurn = createHostTurns(() => now)
    const slow = inTurn('a.example', () => {
      now += 3_001
      return page()
    })
    const behind = inTurn('a.example', page)
    expect(await Promise.all([slow, behind])).to.deep.equal(['page', 'busy'])
    now += 59_000
    expect(await inTurn('a.example', page)).to.equal('busy')
    now += 2_000
    expect(await inTurn('a.example', page)).to.equal('page')
  })

  it('a fetch that fails lets the next one run', async () => {
    const inTurn = createHostTurns()
    const failed = await inTurn('a.example', () => Promise.reject(new Error('no'))).catch(String)
    expect([failed, await inTurn('a.example', page)]).to.deep.equal(['Error: no', 'page'])
  })
})
