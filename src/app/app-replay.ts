import { renderContent } from '../content/render-content.js'
import { readSkippedEvents } from '../projections/engine/skipped-events.js'
import { createReplay, type Replay } from '../replay/replay.js'
import type { Core } from './core.js'
import type { Foundations } from './foundations.js'

/** Skips what the operator had the read model of conversations skip. */
export const createAppReplay = (
  { databases, log, reader, projections }: Foundations,
  render: Core['content']['renderContent'] = renderContent,
  clock: () => Date = () => new Date(),
): Replay =>
  createReplay({
    pool: databases.main,
    log,
    reader,
    render,
    clock,
    readSkipped: async () => (await readSkippedEvents(log, reader)).get(projections.conversations.name) ?? new Set(),
  })
