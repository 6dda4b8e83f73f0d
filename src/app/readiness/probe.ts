import type { Readiness } from '../../api/shapes/readiness-shape.js'

const TIMEOUT_MS = 2_000

export type Component = Readiness['components']['postgres']

/** Asks one part, and waits at most 2 s for its answer. `failing` is the status of one that fails. */
export async function probe(ask: () => Promise<unknown>, failing: 'degraded' | 'unavailable'): Promise<Component> {
  const began = performance.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error(), { code: `no answer within ${TIMEOUT_MS} ms` })),
      TIMEOUT_MS,
    )
  })
  try {
    await Promise.race([ask(), late])
    return { status: 'ok', latencyMs: performance.now() - began, reason: null }
  } catch (error) {
    return { status: failing, latencyMs: null, reason: reasonOf(error) }
  } finally {
    clearTimeout(timer)
  }
}

/** A code, since error messages name hosts, databases and users. */
function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string }
  return code ?? (name === undefined || name === 'Error' ? 'no connection' : name)
}
