/**
 * One event, divided into what anyone with the log may read and what is sealed because it is personal. A stream kind's
 * `events.ts` declares its events by this shape; `src/privacy/personal-fields.ts` says whose each personal field is.
 */
export interface EventShape {
  type: string
  public: object
  personal: object
}

/** As a decider makes it and a projection would like it: all fields. */
export type Decided<Event extends EventShape> = Event extends EventShape
  ? { type: Event['type'] } & Event['public'] & Event['personal']
  : never

/** As `evolve` sees it: without the personal fields, so that events just decided and events just read fold alike. */
export type PublicEvent<Event extends EventShape> = Event extends EventShape
  ? { type: Event['type'] } & Event['public']
  : never

/** As a projection reads it: a personal field is null when its key was destroyed. */
export type Opened<Event extends EventShape> = Event extends EventShape
  ? { type: Event['type'] } & Event['public'] & { [Field in keyof Event['personal']]: Event['personal'][Field] | null }
  : never

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
export type JsonObject = { [name: string]: Json }
