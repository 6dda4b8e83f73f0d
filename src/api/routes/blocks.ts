import { z } from 'zod'
import { idSchema } from '../../commands/catalogue/input-schemas.js'
import { commandHeaders, unwrapResult } from '../answers.js'
import { pageSchema } from '../parameters.js'
import { answer, route } from '../route.js'
import { userRefShape } from '../shapes/user-shapes.js'

const paramsSchema = z.strictObject({ id: idSchema })

const listBlocks = route({
  method: 'get',
  path: '/users/me/blocks',
  summary: 'Users I block, latest first',
  access: 'user',
  query: pageSchema,
  answers: { 200: z.array(userRefShape) },
  uses: ['queries'],
  async handle({ query: { after, limit }, caller }, { queries }) {
    const { items, next } = await queries.blocks(caller.userId, limit, after)
    return answer(200, items, { links: next === null ? {} : { next: { after: next } } })
  },
})

const block = route({
  method: 'put',
  path: '/users/me/blocks/:id',
  summary: 'Block a user: they can open no direct chat with me and add me to no chat. They are not told',
  access: 'user',
  params: paramsSchema,
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id: blockedId }, caller }, { run }) {
    const result = unwrapResult(await run('blockUser', { blockedId, on: true }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

const unblock = route({
  method: 'delete',
  path: '/users/me/blocks/:id',
  summary: 'Unblock a user',
  access: 'user',
  params: paramsSchema,
  answers: { 204: null },
  uses: ['run'],
  async handle({ params: { id: blockedId }, caller }, { run }) {
    const result = unwrapResult(await run('blockUser', { blockedId, on: false }, caller))
    return answer(204, null, { headers: commandHeaders(result, caller) })
  },
})

export const blockRoutes = [listBlocks, block, unblock]
