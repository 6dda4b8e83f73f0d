import { expect } from 'chai'
import type { Answer } from './test-app.js'

const EXPOSED =
  'Link,Parley-Position,Parley-Chat-Version,Parley-Stale,X-Request-Id,Retry-After,RateLimit,RateLimit-Policy,Idempotency-Replayed'

/** What helmet and cors give to every answer, and the rule that it is not kept. */
const COMMON: Readonly<Record<string, string>> = {
  'access-control-expose-headers': EXPOSED,
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none';frame-ancestors 'none'`,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
}

/** Pages that do not change may be kept, and load what they show. */
const FIXED = /^\/(docs|openapi\.json|asyncapi\.json)/
const OF_FIXED = ['cache-control', 'content-security-policy']

/** Each of them with exactly this value; `allowedOrigin` is the one whose pages may read the answer. */
export function expectCommonHeaders(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  path: string,
  allowedOrigin: string | null = null,
): void {
  const isFixed = FIXED.test(path) && status < 400
  const expected = Object.entries(COMMON).filter(([name]) => !isFixed || !OF_FIXED.includes(name))
  const found = expected.map(([name]) => [name, headers.get(name)])
  expect(Object.fromEntries(found), path).to.deep.equal(Object.fromEntries(expected))
  if (isFixed) expect(headers.get('cache-control'), path).to.equal('no-cache')
  expect(headers.get('x-request-id'), path).to.match(/^[\da-f-]{36}$/)
  expect(headers.get('access-control-allow-origin'), path).to.equal(allowedOrigin)
}
