import type { PartOfPage } from './batches.js'
import { EventFailedError } from './failure-of.js'
import type { GenerationProcess } from './generation-process.js'
import { ProjectionFailedError } from './projection-failed-error.js'

export interface ApplyPartDeps {
  process: GenerationProcess
  /** Applies a part after the last one; false where the checkpoint was elsewhere. */
  apply(part: PartOfPage): Promise<boolean>
}

/**
 * Applies a part of a page. Where that fails as a whole, its events one by one, to find the one that fails.
 * @throws EventFailedError
 */
export async function applyPart(part: PartOfPage, { process, apply }: ApplyPartDeps): Promise<boolean> {
  try {
    return await apply(part)
  } catch (error) {
    const [first, second] = part.events
    if (!(error instanceof ProjectionFailedError) || first === undefined) throw error
    if (second === undefined) throw new EventFailedError(first, error)
  }
  await process.close()
  for (const event of part.events) {
    const one = { events: [event], to: event.position }
    const moved = await apply(one).catch((error: unknown) => {
      throw error instanceof ProjectionFailedError ? new EventFailedError(event, error) : error
    })
    if (!moved) return false
  }
  return apply({ events: [], to: part.to })
}
