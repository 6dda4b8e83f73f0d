import { setImmediate as nextTurn } from 'node:timers/promises'

/** Of one page's JSON, in bytes of UTF-8. */
export const MAX_PAGE_BYTES = 1024 * 1024

/** In milliseconds: longer than that, rendering lets other work go first. */
const MAX_TURN_MS = 10

/** A part of the rows, from `from` up to but not including `to`. */
export interface RenderedPage<View> {
  views: View[]
  from: number
  to: number
}

interface Rendering<Row, View> {
  view(row: Row): View
  /** A quick upper bound of the bytes of its JSON. */
  atMostBytes(view: View): number
}

/**
 * Renders rows from the one at `centre` outwards, until the page would pass 1 MiB: it always holds that one. Large pages are rendered
 * with pauses, so that one of them never holds the event loop for long.
 */
export async function renderPage<Row, View>(
  rows: readonly Row[],
  centre: number,
  { view, atMostBytes }: Rendering<Row, View>,
): Promise<RenderedPage<View>> {
  const views = new Map<number, View>()
  const meter = createMeter(atMostBytes)
  const pause = createPauses()
  for (const [index, row] of outwards(rows, centre)) {
    const rendered = view(row)
    if (!meter.hasRoomFor(rendered) && views.size > 0) break
    views.set(index, rendered)
    await pause()
  }
  const inOrder = [...views].sort(([a], [b]) => a - b)
  const from = inOrder[0]?.[0] ?? 0
  return { views: inOrder.map(([, rendered]) => rendered), from, to: from + inOrder.length }
}

/** Renders all rows, with the same pauses. */
export async function renderAll<Row, View>(rows: readonly Row[], view: (row: Row) => View): Promise<View[]> {
  const pause = createPauses()
  const views: View[] = []
  for (const row of rows) {
    views.push(view(row))
    await pause()
  }
  return views
}

/** Gives way to other work where the last pause was long enough ago. */
function createPauses(): () => Promise<void> | undefined {
  let begun = performance.now()
  return () => {
    if (performance.now() - begun < MAX_TURN_MS) return undefined
    return nextTurn().then(() => void (begun = performance.now()))
  }
}

/** Counts exactly only where a page may be too large: most are small. */
export function createMeter<View>(atMostBytes: (view: View) => number) {
  const small: View[] = []
  let bound = 0
  let exact: number | null = null
  return {
    hasRoomFor(view: View): boolean {
      bound += atMostBytes(view)
      if (bound <= MAX_PAGE_BYTES) {
        small.push(view)
        return true
      }
      exact ??= small.reduce((sum, one) => sum + bytesOf(one), 0)
      exact += bytesOf(view)
      return exact <= MAX_PAGE_BYTES
    },
  }
}

/** With the comma after it. */
const bytesOf = (view: unknown): number => Buffer.byteLength(JSON.stringify(view)) + 1

/** The centre, then by turns the next one after and before, as far as there are any. */
function* outwards<Row>(rows: readonly Row[], centre: number): Generator<[index: number, row: Row]> {
  for (let distance = 0; distance < rows.length; distance++)
    for (const index of distance === 0 ? [centre] : [centre + distance, centre - distance]) {
      const row = rows[index]
      if (row !== undefined) yield [index, row]
    }
}
