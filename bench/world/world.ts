/** What there is on a server for the load to use. Plain data, since it goes from process to process. */
export interface World {
  url: string
  people: WorldUser[]
}

export interface WorldUser {
  id: string
  token: string
}

/** A chat; its members are places in the world's people. */
export interface Room {
  id: string
  members: number[]
}
