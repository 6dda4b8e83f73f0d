/** An append that a real server cannot read: it throws there, and the client gets a bad-request error. */
export class InvalidRequest extends Error {}
