import { z } from 'zod'
import { textSchema } from '../commands/catalogue/input-schemas.js'
import { isRoleAccess } from '../identity/access.js'
import type { Access, PrivilegedAccesses } from '../security/privileged-accesses.js'
import type { Reply, Request } from './exchange.js'
import { isIterable } from './send-lines.js'
import type { Answer, Answers, Context, Route } from './route.js'

/** Why someone reads what their role lets them read: percent-encoded UTF-8. */
export const REASON_HEADER = 'Parley-Reason'

/** In characters. */
export const MAX_REASON = 1_000

const reasonSchema = z.object({
  [REASON_HEADER]: z
    .string()
    .transform((text, context) => {
      try {
        return decodeURIComponent(text)
      } catch {
        context.addIssue({ code: 'custom', message: 'is not percent-encoded UTF-8' })
        return z.NEVER
      }
    })
    .pipe(textSchema(MAX_REASON)),
})

type AnyContext = Context<Route['access'], unknown, unknown, unknown>

/** A read on its way: `of` notes how the handler ends. */
interface RecordedRead {
  of(handled: Promise<Answer<Answers>>): Promise<Answer<Answers>>
}

const NOT_RECORDED: RecordedRead = { of: (handled) => handled }

/** Whether a request with these parameters reads by virtue of a role. Commands are in the log already. */
export const isPrivileged = (
  { method, access, requiresRole, recorded }: Pick<Route, 'method' | 'access' | 'requiresRole' | 'recorded'>,
  parameters: readonly string[],
): boolean =>
  method === 'get' && recorded && (isRoleAccess(access) || parameters.some((name) => requiresRole[name] !== undefined))

/** Whether some request for it does. */
export const isEverPrivileged = (route: Route): boolean => isPrivileged(route, Object.keys(route.requiresRole))

/**
 * Records the beginning of a read by virtue of a role, before anything is read, and its end once the answer is out or its client is gone.
 * @throws AccessNotRecordedError
 * @throws ZodError the reason is malformed
 */
export async function recordRead(
  route: Route,
  req: Request,
  res: Reply,
  { caller, params, query }: AnyContext,
  accesses: Pick<PrivilegedAccesses, 'begin'>,
): Promise<RecordedRead> {
  if (caller === null || !isPrivileged(route, Object.keys(req.query as object))) return NOT_RECORDED
  const { userId, correlationId, client } = caller
  const access = await accesses.begin({
    by: userId,
    operation: `GET ${route.path}`,
    filter: { ...given(params), ...given(query) },
    reason: reasonOf(req),
    source: { actor: userId, origin: 'rest', correlationId, ...(client !== null && { client: { userId, ...client } }) },
  } satisfies Access)

  let rows = 0
  let failed = false
  const end = (): void => access.end(failed ? 'failed' : res.writableFinished ? 'done' : 'cut', rows)
  if (res.closed) end()
  else res.once('close', end)

  /** Lines are counted as they are sent. */
  async function* counted(lines: AsyncIterable<object>): AsyncGenerator<object> {
    try {
      for await (const line of lines) {
        yield line
        rows++
      }
    } catch (error) {
      failed = true
      throw error
    }
  }

  return {
    async of(handled) {
      try {
        const answer = await handled
        const body: unknown = answer.body
        if (isIterable(body)) return { ...answer, body: counted(body) }
        rows = rowsOf(answer)
        return answer
      } catch (error) {
        failed = true
        throw error
      }
    },
  }
}

/** @throws ZodError */
function reasonOf({ headers }: Request): string | null {
  const reason = headers[REASON_HEADER.toLowerCase()]
  return reason === undefined ? null : reasonSchema.parse({ [REASON_HEADER]: reason })[REASON_HEADER]
}

const given = (parameters: unknown): object =>
  Object.fromEntries(Object.entries(parameters ?? {}).filter(([, value]) => value !== null))

const rowsOf = ({ body, rows }: { body: unknown; rows?: number }): number =>
  rows ?? (Array.isArray(body) ? body.length : 1)
