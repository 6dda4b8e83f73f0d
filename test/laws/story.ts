import pLimit from 'p-limit'
import type { Position } from '../../src/eventstore/event-log.js'
import type { OpenedEvent } from '../../src/privacy/event-reader.js'
import { openWriteSide, type WriteSide } from '../support/write-side.js'
import { openCast, registerPeople } from './cast.js'
import { advance, catchUp, openLaggingNode, type LaggingNode } from './lagging-node.js'
import { act, people, type Outcome } from './perform.js'
import type { Step } from './steps.js'

export interface World extends AsyncDisposable {
  side: WriteSide
  nodes: [LaggingNode, LaggingNode]
}

export async function openWorld(): Promise<World> {
  const side = await openWriteSide()
  const nodes: World['nodes'] = [await openLaggingNode(side, 1), await openLaggingNode(side, 2)]
  await registerPeople(nodes[0].run)
  return { side, nodes, [Symbol.asyncDispose]: () => side[Symbol.asyncDispose]() }
}

export interface Look {
  node: LaggingNode
  /** Which answer the parts of a snapshot. */
  nodes: LaggingNode[]
  viewer: string
  chatId: string
  limit: number
  story: Story
}

export interface Story {
  world: World
  /** The group that anyone may join, the one of invites, and the direct chat. */
  chatIds: string[]
  /** Since the story began. */
  told: Outcome[]
  /** The log since then, up to a position. */
  eventsUpTo(position?: Position): Promise<OpenedEvent[]>
}

export interface Listener {
  onLook?(look: Look): Promise<void>
  /** Once both nodes have examined everything. */
  atEnd?(story: Story): Promise<void>
}

/** Plays it in chats of its own. */
export async function play(world: World, given: readonly Step[], { onLook, atEnd }: Listener): Promise<void> {
  const { side, nodes } = world
  for (const { conversations, index } of nodes) await Promise.all([catchUp(side, conversations), catchUp(side, index)])
  const eventsSince = readFrom(side, await side.log.head())
  const cast = await openCast(nodes[0].run)
  const { chatIds, told } = cast
  const story: Story = {
    world,
    chatIds,
    told,
    async eventsUpTo(position) {
      const events = await eventsSince()
      const isIn = (at: Position) => position === undefined || side.log.comparePositions(at, position) <= 0
      return events.filter((event) => isIn(event.position))
    },
  }
  let waiting: Promise<void>[] = []
  for (const step of given) {
    if (step.step !== 'act' || !step.together) {
      await Promise.all(waiting)
      waiting = []
    }
    switch (step.step) {
      case 'act':
        waiting.push(act(nodes[step.node].run, step, cast))
        break
      case 'advance':
        await advance(side, nodes[step.node][step.what], step.most)
        break
      case 'restart':
        await nodes[step.node].restart()
        break
      case 'look': {
        const viewer = people[step.user]!
        const asked = step.nodes.map((node) => nodes[node])
        const where = { node: nodes[step.node], nodes: asked, viewer, chatId: chatIds[step.chat]!, limit: step.limit }
        // The chats themselves are there for everyone.
        await onLook?.({ ...where, story })
      }
    }
  }
  await Promise.all(waiting)
  for (const { conversations, index } of nodes)
    await Promise.all([catchUp(side, conversations, 7), catchUp(side, index)])
  const lookAtAll = async (viewer: string, chatId: string): Promise<void> => {
    for (const node of nodes) await onLook?.({ node, nodes: [...nodes, node], viewer, chatId, limit: 5, story })
  }
  await Promise.all(people.flatMap((viewer) => chatIds.map((chatId) => lookAtAll(viewer, chatId))))
  await atEnd?.(story)
}

/** Reads on where the last call ended, and gives all events so far. */
function readFrom({ log, reader }: WriteSide, start: Position): () => Promise<readonly OpenedEvent[]> {
  const read: OpenedEvent[] = []
  const oneAtATime = pLimit(1)
  let next = start
  return () =>
    oneAtATime(async () => {
      const { events, position } = await log.readAll(next, 10_000)
      read.push(...(await reader.open(events)))
      next = position
      return read
    })
}
