import { createBatcher } from '../../async/batcher.js'
import type { Position } from '../../eventstore/event-log.js'
import type { DecisionIndex, IndexedCommand, StreamEntityQuestion } from './decision-index.js'

/** The decision index, asked for one command or entity at a time; calls made at the same time share a query. */
export interface IndexLookups {
  command(commandId: string): Promise<{ known: IndexedCommand | null; checkpoint: Position }>
  entity(question: StreamEntityQuestion): Promise<{ fact: unknown; checkpoint: Position }>
}

export const createIndexLookups = (index: DecisionIndex): IndexLookups => ({
  command: createBatcher(async (commandIds: string[]) => {
    const { found, checkpoint } = await index.lookUp(commandIds)
    return commandIds.map((commandId) => ({ known: found.get(commandId) ?? null, checkpoint }))
  }),
  entity: createBatcher(async (questions: StreamEntityQuestion[]) => {
    const { facts, checkpoint } = await index.lookUpEntities(questions)
    return facts.map((fact) => ({ fact, checkpoint }))
  }),
})
