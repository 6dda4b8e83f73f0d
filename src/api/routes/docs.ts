import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { z } from 'zod'
import { fixedContent, type FixedContent } from '../fixed-content.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'

/** Only these files, and requests to this server. Swagger UI writes style attributes. */
const CONTENT_SECURITY_POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `connect-src 'self'`,
  `img-src 'self' data:`,
  `style-src 'self' 'unsafe-inline'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

/** Beside `dist` and `src`, because the compiler copies nothing. */
const OWN_FOLDER = new URL('../../../../public/docs/', import.meta.url)
const SWAGGER_FOLDER = new URL(`file://${createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')}`)

function read(file: string, folder: URL, type: string): FixedContent {
  const { content, headers } = fixedContent(readFileSync(new URL(file, folder), 'utf8'), type)
  return { content, headers: { ...headers, 'Content-Security-Policy': CONTENT_SECURITY_POLICY } }
}

const page = read('index.html', OWN_FOLDER, 'text/html; charset=utf-8')
const SCRIPT = 'text/javascript; charset=utf-8'
const STYLE = 'text/css; charset=utf-8'
const files = new Map([
  ['docs.js', read('docs.js', OWN_FOLDER, SCRIPT)],
  ['realtime.html', read('realtime.html', OWN_FOLDER, 'text/html; charset=utf-8')],
  ['realtime.js', read('realtime.js', OWN_FOLDER, SCRIPT)],
  ['realtime.css', read('realtime.css', OWN_FOLDER, STYLE)],
  ['swagger-ui-bundle.js', read('swagger-ui-bundle.js', SWAGGER_FOLDER, SCRIPT)],
  ['swagger-ui.css', read('swagger-ui.css', SWAGGER_FOLDER, STYLE)],
])

const docs = route({
  method: 'get',
  path: '/docs',
  summary: 'This description as a page, with authorisation and requests to try out',
  access: 'anyone',
  bots: 'admitted',
  answers: { 200: z.string(), 304: null },
  handle: () => Promise.resolve(answer(200, page.content, { headers: page.headers })),
})

const docsFile = route({
  method: 'get',
  path: '/docs/:file',
  summary: 'A file of that page; `realtime.html` is the page of the sockets',
  access: 'anyone',
  bots: 'admitted',
  params: z.strictObject({ file: z.string() }),
  answers: { 200: z.string(), 304: null },
  handle({ params }) {
    const found = files.get(params.file)
    if (found === undefined) throw new ProblemError('not-found')
    const { content, headers } = found
    return Promise.resolve(answer(200, content, { headers }))
  },
})

export const docsRoutes = [docs, docsFile]
