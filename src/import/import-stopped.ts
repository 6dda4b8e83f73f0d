/** The import cannot go on; what was imported stays. */
export class ImportStopped extends Error {
  override readonly name = 'ImportStopped'
}
