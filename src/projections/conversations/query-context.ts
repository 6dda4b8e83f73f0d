import type { Pool } from 'pg'
import type { RenderContent } from '../../content/render-content.js'
import type { GenerationTables } from '../engine/per-generation.js'

/** What every query of conversations works with. Each answer comes from one statement, or from several in one snapshot. */
export interface QueryContext extends GenerationTables {
  pool: Pool
  render: RenderContent
  /** Tells which messages are past the retention of their chat. */
  clock: () => Date
}
