import module from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Imported first of all: what is loaded from here on is compiled once for all starts, which takes about a fifth off each. Kept where only who
 * installs may write, since it is run as it is; where it cannot be kept, or Node does not know it (before 22.8), nothing changes.
 */
const { enableCompileCache } = module as Partial<Pick<typeof module, 'enableCompileCache'>>

enableCompileCache?.(fileURLToPath(new URL('../../../node_modules/.cache/parley', import.meta.url)))
