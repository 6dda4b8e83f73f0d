/** A frame as the server sent it, on a socket or in a page of `/events`. */
export interface Frame {
  event: string
  payload: {
    chatId: string
    version: number
    fromVersion?: number
    /** Of a `new_message`: its id. */
    id?: string
    content?: string | null
    clientMessageId?: string | null
    messageId?: string
    message?: { id: string }
    participant?: { id: string }
  }
}

const ENDINGS = ['participant_left', 'participant_removed', 'participant_banned']

/**
 * What a client has of one chat, by the rules of docs/realtime.md: every version up to `cursor`, once and in order. Live frames that come
 * while older ones are still fetched wait. Whatever the server must not do is reported.
 */
export class ReceivedChat {
  /** Every version up to here came, or was `skipped`. */
  cursor = 0
  readonly frames: Frame[] = []
  /** Whether the user takes part, as far as the client knows. */
  isIn = false
  /** Versions up to here are fetched over REST; null where nothing is missing. */
  historyEnd: number | null = null
  /**
   * What the server sends of the past on a socket: what a cursor of the handshake missed, up to `ready`, or what a `sync` asked for, up to a
   * version. The user may have left and come back in it, and live frames may have brought the beginning of it already.
   */
  #catchUp: { next: number; end: number } | null = null
  #waiting: Frame[] = []

  constructor(
    readonly chatId: string,
    readonly userId: string,
    readonly onProblem: (problem: string) => void,
  ) {}

  report(problem: string): void {
    const last = this.frames.slice(-3).map(describe).join(', ')
    this.onProblem(`${problem}; the last were ${last || 'none'}`)
  }

  /** What a socket brought. */
  receive(frame: Frame): void {
    if (frame.event === 'resync') {
      this.#catchUp = null
      this.fetchUpTo(frame.payload.version)
    } else if (this.#catchUp !== null) this.#receivePast(frame, this.#catchUp)
    else this.#receiveLive(frame)
  }

  /** The server is about to send what comes after this version, up to the next `ready` or to `end`. */
  catchUp(after: number, end = Infinity): void {
    this.#catchUp = end > after ? { next: after + 1, end } : null
  }

  #receivePast(frame: Frame, { next, end }: { next: number; end: number }): void {
    const { version } = frame.payload
    const from = firstVersion(frame)
    if (from !== next) this.report(`${describe(frame)} was sent in place of version ${next} of the past`)
    if (version > this.cursor) this.#append(between(frame, this.cursor + 1, version))
    this.#catchUp = version < end ? { next: version + 1, end } : null
    if (version >= end) this.isIn = true
  }

  #receiveLive(frame: Frame): void {
    const from = firstVersion(frame)
    if (!this.isIn) {
      if (!this.#begins(frame)) return this.report(`${describe(frame)} came to a user who is not in the chat`)
      this.fetchUpTo(from - 1)
    }
    if (this.historyEnd === null) {
      this.#append(frame)
    } else {
      const last = this.#waiting.at(-1)?.payload.version ?? this.historyEnd
      if (from !== last + 1) this.report(`${describe(frame)} came after version ${last}, while older ones are fetched`)
      this.#waiting.push(frame)
    }
    if (this.#isOwn(frame) && ENDINGS.includes(frame.event)) this.ended()
  }

  /** The user takes part, and whatever is missing up to this version is to be fetched. */
  fetchUpTo(version: number): void {
    this.isIn = true
    this.#waiting = []
    if (version < this.cursor) this.report(`version ${this.cursor} came, and then the server was at ${version}`)
    this.historyEnd = version > this.cursor ? version : null
  }

  /** `ready` names the chat at this version; `isAsked`: the handshake had its cursor. */
  ready(version: number, isAsked: boolean): void {
    this.#catchUp = null
    if (!isAsked) return this.fetchUpTo(version)
    this.isIn = true
    const reached = this.historyEnd ?? this.cursor
    if (reached !== version) this.report(`was sent up to version ${reached}, but is ready at ${version}`)
  }

  /** A page of history; what lies above what is to be fetched is left out. */
  fetched(frames: readonly Frame[]): void {
    for (const frame of frames) {
      const end = this.historyEnd
      if (end === null || firstVersion(frame) > end) break
      this.#append(between(frame, firstVersion(frame), end))
    }
    if (this.historyEnd === null || this.cursor < this.historyEnd) return
    const waiting = this.#waiting
    this.historyEnd = null
    this.#waiting = []
    for (const frame of waiting) this.#append(frame)
  }

  /** The connection has ended: what waits for older frames is sent again after the cursor. */
  disconnected(): void {
    this.historyEnd = null
    this.#waiting = []
    this.#catchUp = null
  }

  /** The user no longer takes part. */
  ended(): void {
    this.isIn = false
    this.#catchUp = null
    this.historyEnd = null
    this.#waiting = []
  }

  #append(frame: Frame): void {
    const from = firstVersion(frame)
    if (from !== this.cursor + 1) this.report(`${describe(frame)} came after version ${this.cursor}`)
    this.frames.push(frame)
    this.cursor = frame.payload.version
  }

  #begins(frame: Frame): boolean {
    return frame.event === 'chat_created' || (frame.event === 'participant_joined' && this.#isOwn(frame))
  }

  #isOwn({ payload }: Frame): boolean {
    return payload.participant?.id === this.userId
  }
}

export const firstVersion = ({ payload: { fromVersion, version } }: Frame): number => fromVersion ?? version

/** The part of a frame that lies between these versions: only `skipped` covers more than one. */
function between(frame: Frame, first: number, last: number): Frame {
  const from = Math.max(firstVersion(frame), first)
  const version = Math.min(frame.payload.version, last)
  return frame.event === 'skipped' ? { ...frame, payload: { ...frame.payload, fromVersion: from, version } } : frame
}

export const describe = (frame: Frame): string => `${frame.event} of version ${firstVersion(frame)}`
