import type { Experiment } from '../experiment.js'

/** The place of "cold start of a chat with 100,000 events, with its snapshot and without": there are no snapshots yet. */
export const coldStart: readonly Experiment[] = []
