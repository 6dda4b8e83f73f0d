import type { Bench } from './bench.js'

/** What one measurement gives, by metric. */
export type Sample<Name extends string = string> = Readonly<Record<Name, number>>

export interface Metric {
  unit: string
  better: 'higher' | 'lower'
  target?: Target
}

/** A bound of the ratio, ours to the reference's; `oursAtLeast` is one of our figure itself, in its unit. */
export type Target = { atLeast: number } | { atMost: number } | { oursAtLeast: number }

/** What ours is held against: the peer, a limit that nothing of this kind passes, or ourselves under another condition. */
export type Reference = 'peer' | 'limit' | 'itself'

/** Ours and the reference are measured in turns; each metric of theirs is one line of the table. */
export interface Experiment<Name extends string = string> {
  name: string
  against: Reference
  /** In words, where it is not plain: what the reference is. */
  reference?: string
  /** Whether it is run with `--quick`. */
  isQuick?: boolean
  metrics: Readonly<Record<Name, Metric>>
  /** Sets up what both sides need, and gives them; what it needs to be released goes to `bench.releases`. */
  prepare(bench: Bench): Promise<Sides<Name>>
}

export interface Sides<Name extends string = string> {
  ours(): Promise<Sample<Name>>
  reference(): Promise<Sample<Name>>
  done?(): Promise<void>
}
