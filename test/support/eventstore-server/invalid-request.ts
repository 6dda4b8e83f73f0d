/** An append that a real server cannot even read: it throws there, and the client is told of a bad request. */
export class InvalidRequest extends Error {}
