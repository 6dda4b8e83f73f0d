/** The client that a request came from. */
export interface ClientInfo {
  ip: string
  userAgent: string
}

/** One request: its client, and the id that joins its log lines, events and answer. */
export interface RequestInfo extends ClientInfo {
  correlationId: string
}
