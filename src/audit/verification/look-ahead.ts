/** Reads a sequence page by page, and gives access to what lies ahead. */
export interface LookAhead<Item> {
  /** Reads until so many items lie ahead, or the sequence ends. */
  fill(count: number): Promise<void>
  /** The item so many places ahead; undefined beyond the end, or what was read. */
  at(index: number): Item | undefined
  drop(count: number): void
}

/** `readPage` gives what follows the last item read, nothing at the end. */
export function createLookAhead<Item>(readPage: () => Promise<readonly Item[]>): LookAhead<Item> {
  let items: Item[] = []
  let dropped = 0
  let isOver = false
  return {
    async fill(count) {
      items = items.slice(dropped)
      dropped = 0
      while (items.length < count && !isOver) {
        const page = await readPage()
        isOver = page.length === 0
        items.push(...page)
      }
    },
    at: (index) => items[dropped + index],
    drop: (count) => void (dropped += count),
  }
}
