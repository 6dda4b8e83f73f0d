import type { IncomingHttpHeaders } from 'node:http'

/** Why nothing was fetched. */
export type FetchRefusal =
  /** Not http(s) on its usual ports, or with credentials. */
  | 'not-allowed-url'
  | 'unresolvable'
  /** One of the host's addresses is not of the open Internet. */
  | 'not-public'
  | 'unreachable'
  | 'too-many-redirects'
  /** Headers too long, broken compression, an encoding that is not known. */
  | 'bad-answer'
  | 'timed-out'
  | 'aborted'

export type Fetched =
  | {
      kind: 'ok'
      status: number
      headers: IncomingHttpHeaders
      /** Decompressed; its first 256 KiB where there is more. */
      body: Buffer
      isCut: boolean
      /** After redirects. */
      url: string
    }
  | { kind: 'refused'; code: FetchRefusal }

/** On its way to becoming a value. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  constructor(readonly code: FetchRefusal) {
    super(code)
  }
}
