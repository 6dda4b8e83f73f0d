import { ParleyError, type Problem } from '../parley-error.js'

export type Fetch = typeof fetch

export interface PlainRequest {
  method: string
  url: string
  headers: Record<string, string>
  body?: unknown
  signal?: AbortSignal | undefined
}

/** The answer of a request, with its body parsed. @throws ParleyError for every answer but a success, and where none comes */
export async function sendRequest(
  fetch: Fetch,
  { method, url, headers, body, signal }: PlainRequest,
): Promise<{ response: Response; body: unknown }> {
  const init = {
    method: method.toUpperCase(),
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }
  const { response, text } = await answered(fetch, url, init)
  const parsed = parse(response, text)
  if (response.ok) return { response, body: parsed }
  throw new ParleyError(problemOf(response, parsed))
}

/** An aborted request rejects with the reason of its signal. */
async function answered(fetch: Fetch, url: string, init: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, init)
    return { response, text: await response.text() }
  } catch (error) {
    init.signal?.throwIfAborted()
    throw new ParleyError({ code: 'network-error', title: 'The server could not be reached' }, error)
  }
}

function parse(response: Response, text: string): unknown {
  if (text === '') return null
  if (!/[/+]json\b/.test(response.headers.get('content-type') ?? '')) return text
  return JSON.parse(text)
}

function problemOf(response: Response, body: unknown): ConstructorParameters<typeof ParleyError>[0] {
  const { status, headers } = response
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  const retry = Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {}
  if (isProblem(body)) return { ...retry, ...body }
  return { code: 'unexpected-answer', status, title: `The server answered with status ${status}`, ...retry }
}

const isProblem = (body: unknown): body is Problem => typeof body === 'object' && body !== null && 'code' in body
