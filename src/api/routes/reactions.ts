import { z } from 'zod'
import { emojiSchema } from '../../commands/catalogue/input-schemas.js'
import { commandHeaders, unwrapResult, versionHeader } from '../answers.js'
import { ofMessageSchema } from '../parameters.js'
import { answer, route } from '../route.js'
import { reactionShape } from '../shapes/message-shapes.js'
import { visibleMessage } from '../visible-message.js'

const reactionSchema = ofMessageSchema.extend({ emoji: emojiSchema })

const reactions = route({
  method: 'get',
  path: '/chats/:id/messages/:messageId/reactions',
  summary: 'Reactions, and who gave them',
  access: 'participant',
  cost: 3,
  bots: 'bound',
  params: ofMessageSchema,
  answers: { 200: z.array(reactionShape) },
  uses: ['queries'],
  async handle({ params: { id, messageId }, caller }, { queries }) {
    const found = await visibleMessage(queries, id, caller, queries.reactions(id, messageId, caller.userId))
    return answer(200, found.answer, { headers: versionHeader(found.version) })
  },
})

const reacting = (on: boolean) =>
  route({
    method: on ? 'put' : 'delete',
    path: '/chats/:id/messages/:messageId/reactions/:emoji',
    summary: on ? 'React with an emoji' : 'Remove a reaction',
    access: 'participant',
    bots: 'bound',
    params: reactionSchema,
    answers: { 204: null },
    uses: ['run'],
    async handle({ params: { id: chatId, messageId, emoji }, caller }, { run }) {
      const result = unwrapResult(await run('react', { chatId, messageId, emoji, on }, caller))
      return answer(204, null, { headers: commandHeaders(result, caller) })
    },
  })

export const reactionRoutes = [reactions, reacting(true), reacting(false)]
