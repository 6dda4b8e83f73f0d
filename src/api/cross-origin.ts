import cors from 'cors'
import type { ApiDeps } from './parts.js'

const THIS_MACHINE = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

const EXPOSED_HEADERS = [
  'Link',
  'Parley-Position',
  'Parley-Chat-Version',
  'Parley-Stale',
  'X-Request-Id',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'Idempotency-Replayed',
]

type Origins = Pick<ApiDeps, 'allowedOrigins' | 'production'>

/** Origins whose pages may call: those configured; without any, in development, every one of this machine. */
export const originsOf = ({ allowedOrigins, production }: Origins): (string | RegExp)[] =>
  allowedOrigins.length === 0 && !production ? [THIS_MACHINE] : [...allowedOrigins]

/** Bearer tokens only, so no credentials. Answers every OPTIONS request itself. */
export const crossOrigin = (origins: Origins) =>
  cors({
    origin: originsOf(origins),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  })
