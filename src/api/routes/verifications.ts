import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import { orNotFound } from '../answers.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { verificationShape } from '../shapes/audit-shapes.js'

const begin = route({
  method: 'post',
  path: '/audit/verifications',
  summary:
    'Recompute the audit chain, and compare it with the log, up to the entry that is the last one now. Where one runs, its id is given',
  access: 'auditor',
  cost: 3,
  takesKey: false,
  answers: { 202: z.object({ id: z.uuid() }) },
  uses: ['verifications'],
  async handle(_context, { verifications }) {
    return answer(202, { id: await verifications.begin() })
  },
})

const show = route({
  method: 'get',
  path: '/audit/verifications/:id',
  summary: 'A verification: how far it is, and what it found; `latest` for the last one that was begun',
  access: 'auditor',
  recorded: false,
  params: z.strictObject({ id: z.union([z.literal('latest'), idSchema]) }),
  answers: { 200: verificationShape },
  uses: ['verifications'],
  async handle({ params: { id } }, { verifications }) {
    return answer(200, orNotFound(await verifications.find(id), 'verification-not-found'))
  },
})

const cancel = route({
  method: 'delete',
  path: '/audit/verifications/:id',
  summary: 'Give up a verification that runs',
  access: 'auditor',
  takesKey: false,
  params: z.strictObject({ id: idSchema }),
  answers: { 204: null },
  uses: ['verifications'],
  async handle({ params: { id } }, { verifications }) {
    if (!(await verifications.cancel(id))) throw new ProblemError('verification-not-found')
    return answer(204, null)
  },
})

export const verificationRoutes = [begin, show, cancel]
