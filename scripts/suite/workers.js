import { availableParallelism } from 'node:os'

/** How many test files run at once: one more than cores keeps the cores busy while tests wait. */
export const workers = Math.min(4, availableParallelism() + 1)
