/** It is being built already. */
export class RebuildRunningError extends Error {
  override readonly name = 'RebuildRunningError'
  constructor(readonly projection: string) {
    super(`${projection} is being built already`)
  }
}
