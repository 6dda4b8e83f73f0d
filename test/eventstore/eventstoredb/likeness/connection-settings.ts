let last = 10_000

/** The client's transport shares one connection between all clients of a process with equal options; an odd one gets its own. */
export const connectionSettings = { next: (): string => `keepAliveInterval=${++last}` }
