import { UnavailableError } from '../../async/unavailable-error.js'
import type { Batch, BatchOutcome } from '../child/protocol.js'
import type { GenerationRow } from '../database/checkpoints.js'
import { startProjectionProcess, type ProjectionProcess } from './projection-process.js'

export interface GenerationProcessDeps {
  path: string
  url: string
  row: Pick<GenerationRow, 'name' | 'generation'>
  deadlineMs?: number
}

/** The process of one generation, started when it is needed and again after `close`, until it is disposed of. */
export interface GenerationProcess extends AsyncDisposable {
  open(): Promise<void>
  apply(batch: Batch): Promise<BatchOutcome>
  close(): Promise<void>
}

export function createGenerationProcess({ path, url, row, deadlineMs }: GenerationProcessDeps): GenerationProcess {
  let running: ProjectionProcess | null = null
  let isDisposed = false

  async function open(): Promise<ProjectionProcess> {
    if (isDisposed) throw new UnavailableError('stopped')
    if (running !== null) return running
    const { name, generation } = row
    const started = (running = startProjectionProcess({ path, ...(deadlineMs !== undefined && { deadlineMs }) }))
    await started.load()
    await started.open({ url, name, generation })
    return started
  }

  async function close(): Promise<void> {
    const closing = running
    running = null
    await closing?.[Symbol.asyncDispose]()
  }

  return {
    async open() {
      await open()
    },
    apply: async (batch) => (await open()).apply(batch),
    close,
    [Symbol.asyncDispose]() {
      isDisposed = true
      return close()
    },
  }
}
