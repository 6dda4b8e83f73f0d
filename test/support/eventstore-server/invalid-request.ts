/** The request cannot be served, for a real server's code would throw at it: the client is told no more than that. */
export class InvalidRequest extends Error {}
