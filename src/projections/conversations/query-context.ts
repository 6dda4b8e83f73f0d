import type { Pool } from 'pg'
import type { RenderContent } from '../../content/render-content.js'
import type { TableName } from '../engine/projection.js'

/** What every query of conversations works with. Each answer comes from one statement, or from several in one snapshot. */
export interface QueryContext {
  pool: Pool
  table: TableName
  /** A statement that gives the projection's checkpoint as `position`: part of those that must answer with it. */
  checkpoint: string
  render: RenderContent
}
