import type { Imported } from './events.js'
import type { OpenChat } from './state.js'

/** Whether an import has processed this line before: what changed nothing then must change nothing now. */
export const isPast = ({ line }: Imported, { lastLine }: OpenChat): boolean => line !== undefined && line <= lastLine

/** What an event keeps of its import; nothing where there was none. */
export const importOf = ({ originalAt, line }: Imported): Imported => ({
  ...(originalAt === undefined ? {} : { originalAt }),
  ...(line === undefined ? {} : { line }),
})
