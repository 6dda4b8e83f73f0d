import fc from 'fast-check'
import { forgotten } from './check-forgotten.js'
import { rebuild } from './check-rebuild.js'
import { refusals } from './check-refusals.js'
import { seamless } from './check-seamless.js'
import { replays } from './check-replay.js'
import { snapshots } from './check-snapshots.js'
import { unread } from './check-unread.js'
import { visibility } from './check-visibility.js'
import { inAll, type Law } from './law.js'
import { steps } from './steps.js'
import { openWorld, play, type World } from './story.js'

/** `npm run soak` plays more. */
const STORIES = Number(process.env['PARLEY_LAW_STORIES'] ?? 40)

const laws: Law[] = [
  [
    'a refusal leaves no event, and an accepted command leaves its events in one stream, side by side, once',
    refusals,
    1,
  ],
  ['every reader gets versions and seqs without a gap, in pages of any size, from any cursor', seamless, 1],
  ['a snapshot with the events after it equals a later snapshot', snapshots(), 1],
  ['history and search return what the visibility rule allows', visibility, 2],
  ['read markers and unread counts are those of the log', unread, 3],
  ['a text that was deleted or edited is in no later answer', forgotten, 5],
  ['replay at a version is what live clients saw at it', replays(), 4],
  ['rebuilt read models equal the ones that were updated step by step, row for row', rebuild, 5],
]

describe('what several users do through two nodes that lag behind', () => {
  let world: World

  before(async () => {
    world = await openWorld()
  })
  after(() => world[Symbol.asyncDispose]())

  it('keeps every law', async () => {
    const keepsLaws = inAll(laws)
    await fc.assert(
      fc.asyncProperty(steps, (given) => keepsLaws((listener) => play(world, given, listener))),
      { numRuns: STORIES, endOnFailure: false },
    )
  }).timeout(3_600_000)
})
