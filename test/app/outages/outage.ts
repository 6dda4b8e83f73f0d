/** One way in which a server fails. */
export interface Outage<Server> {
  way: string
  /** Whether `npm test` tries it, or `npm run soak` alone. */
  isSample: boolean
  begin(server: Server): Promise<void> | void
  /** Resolves once the server could serve again. */
  end(server: Server): Promise<void> | void
}

/** The whole matrix takes minutes: what hangs is waited for until its time is up. */
export const IS_WHOLE = process.env['OUTAGE_MATRIX'] === 'whole'

export const chosen = <Server>(outages: readonly Outage<Server>[]): Outage<Server>[] =>
  outages.filter(({ isSample }) => isSample || IS_WHOLE)
