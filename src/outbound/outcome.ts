import type { IncomingHttpHeaders } from 'node:http'

/** Why nothing was fetched. */
export type FetchRefusal =
  /** Not http(s) on its usual ports, or with credentials. */
  | 'not-allowed-url'
  | 'unresolvable'
  /** One of the host's addresses is not public. */
  | 'not-public'
  | 'unreachable'
  | 'too-many-redirects'
  /** Headers too long, broken compression, an unknown encoding. */
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

/** Thrown within a fetch, which answers with its code. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  constructor(readonly code: FetchRefusal) {
    super(code)
  }
}
