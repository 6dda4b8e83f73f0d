import fc from 'fast-check'
import { forgotten } from './check-forgotten.js'
import { rebuild } from './check-rebuild.js'
import { refusals } from './check-refusals.js'
import { seamless } from './check-seamless.js'
import { visibility } from './check-visibility.js'
import { snapshots } from './check-snapshots.js'
import { unread } from './check-unread.js'
import { steps } from './steps.js'
import { openWorld, play, type Listener, type World } from './story.js'

const laws: [string, Listener, number][] = [
  ['versions and seqs come to every reader without a hole, over pages of any size from any cursor', seamless, 30],
  ['a snapshot and the events above it are a later snapshot', snapshots(), 25],
  ['the history, and what a search finds, is what the visibility rule says of the log', visibility, 14],
  ['how far everyone has read, and what is unread, is what the log says', unread, 12],
  ['a text that was deleted or edited is in no later answer', forgotten, 8],
  ['a refusal leaves no event, and what is accepted stands in one stream, side by side, once', refusals, 40],
  ['read models made again are the ones made step by step, row for row', rebuild, 8],
]

describe('what several people do by way of two nodes that lag behind', () => {
  let world: World

  before(async () => {
    world = await openWorld()
  })
  after(() => world[Symbol.asyncDispose]())

  for (const [law, listener, numRuns] of laws)
    it(law, async () => {
      await fc.assert(
        fc.asyncProperty(steps, (given) => play(world, given, listener)),
        { numRuns, endOnFailure: false },
      )
    })
}).timeout(300_000)
