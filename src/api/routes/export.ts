import { commandHeaders, unwrapResult } from '../answers.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'

/** An export is for who has just given the password, not for whoever finds an open client. */
const RECENT_MS = 15 * 60_000

const exportMe = route({
  method: 'get',
  path: '/users/me/export',
  summary: 'Everything held about me, as lines of JSON; requires a login within the last 15 minutes',
  access: 'user',
  cost: 10,
  answers: { 200: 'ndjson' },
  uses: ['accountRecord', 'clock', 'run', 'userExport'],
  async handle({ caller }, { accountRecord, clock, run, userExport }) {
    const { userId, client } = caller
    const at = await accountRecord.authenticatedAt(client?.session ?? '')
    if (at === null || clock().getTime() - at.getTime() > RECENT_MS) throw new ProblemError('login-again')
    const result = unwrapResult(await run('recordExport', {}, caller))
    return answer(200, userExport(userId), { headers: commandHeaders(result, caller) })
  },
})

export const exportRoutes = [exportMe]
