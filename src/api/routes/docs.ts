import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'

/** Nothing but these files, and the description that they show. */
const CONTENT_SECURITY_POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

/** Beside `dist` and `src`, for the compiler copies nothing. */
const FOLDER = new URL('../../../../public/docs/', import.meta.url)

const pageFile = (name: string, type: string) => ({
  content: readFileSync(new URL(name, FOLDER), 'utf8'),
  headers: { 'Content-Type': `${type}; charset=utf-8`, 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
})

const page = pageFile('index.html', 'text/html')
const files = new Map([
  ['docs.css', pageFile('docs.css', 'text/css')],
  ['docs.js', pageFile('docs.js', 'text/javascript')],
])

const docs = route({
  method: 'get',
  path: '/docs',
  summary: 'This description, as a page to read',
  access: 'anyone',
  bots: 'admitted',
  answers: { 200: z.string() },
  handle: () => Promise.resolve(answer(200, page.content, { headers: page.headers })),
})

const docsFile = route({
  method: 'get',
  path: '/docs/:file',
  summary: 'What that page is made of',
  access: 'anyone',
  bots: 'admitted',
  params: z.strictObject({ file: z.string() }),
  answers: { 200: z.string() },
  handle({ params }) {
    const found = files.get(params.file)
    if (found === undefined) throw new ProblemError('not-found')
    const { content, headers } = found
    return Promise.resolve(answer(200, content, { headers }))
  },
})

export const docsRoutes = [docs, docsFile]
