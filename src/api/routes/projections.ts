import { z } from 'zod'
import { textSchema } from '../../commands/catalogue/input-schemas.js'
import type { ManagedProjection } from '../../projections/managed-projection.js'
import { orNotFound } from '../answers.js'
import type { Parts } from '../parts.js'
import { ProblemError } from '../problem-details.js'
import { answer, route } from '../route.js'
import { projectionDifferencesShape, projectionStateShape } from '../shapes/projection-shapes.js'

const MAX_REASON = 1_000

const nameParams = z.strictObject({ name: z.string().max(100) })

/** @throws ProblemError `projection-not-found` */
async function find({ projections }: Pick<Parts, 'projections'>, name: string): Promise<ManagedProjection> {
  const all = await projections()
  return orNotFound(all.find((known) => known.name === name) ?? null, 'projection-not-found')
}

/** Orders a projection to do something; the process that runs it obeys. */
const action = (path: string, summary: string, run: (projection: ManagedProjection) => Promise<unknown>) =>
  route({
    method: 'post',
    path: `/projections/:name/${path}`,
    summary,
    access: 'analyst',
    takesKey: false,
    params: nameParams,
    answers: { 202: null },
    uses: ['projections'],
    async handle({ params: { name } }, parts) {
      await run(await find(parts, name))
      return answer(202, null)
    },
  })

const list = route({
  method: 'get',
  path: '/projections',
  summary: 'Each read model: how far it follows the log, whether it is paused, and its rebuild',
  access: 'analyst',
  recorded: false,
  answers: { 200: z.array(projectionStateShape) },
  uses: ['projectionStates'],
  async handle(_context, { projectionStates }) {
    return answer(200, await projectionStates())
  },
})

const show = route({
  method: 'get',
  path: '/projections/:name',
  summary: 'One read model',
  access: 'analyst',
  recorded: false,
  params: nameParams,
  answers: { 200: projectionStateShape },
  uses: ['projections'],
  async handle({ params: { name } }, parts) {
    return answer(200, await (await find(parts, name)).state())
  },
})

const rebuild = action(
  'rebuild',
  'Build it again from the log beside the tables in use; queries use those until the new ones are complete',
  async (projection) => {
    if (!(await projection.rebuild())) throw new ProblemError('rebuild-under-way')
  },
)

const cancel = route({
  method: 'delete',
  path: '/projections/:name/rebuild',
  summary: 'Give up its rebuild or comparison, and drop what was built',
  access: 'analyst',
  takesKey: false,
  params: nameParams,
  answers: { 204: null },
  uses: ['projections'],
  async handle({ params: { name } }, parts) {
    await (await find(parts, name)).cancel()
    return answer(204, null)
  },
})

const retry = action('retry', 'Try the event at which it is paused again, at once', (projection) => projection.retry())

const stop = action('stop', 'Let it rest; what it shows becomes stale', async (projection) => {
  const whyNot = await projection.stop()
  if (whyNot !== null) throw new ProblemError('projection-needed', { detail: whyNot })
})

const start = action('start', 'Let it follow the log again', (projection) => projection.start())

const diff = action('diff', 'Build it again from the log, and compare with the tables in use', async (projection) => {
  if (!(await projection.diff())) throw new ProblemError('rebuild-under-way')
})

const showDiff = route({
  method: 'get',
  path: '/projections/:name/diff',
  summary: 'What the last comparison found: rows that differ, by table, with their keys and the names of the fields',
  access: 'analyst',
  recorded: false,
  params: nameParams,
  answers: { 200: projectionDifferencesShape },
  uses: ['projections'],
  async handle({ params: { name } }, parts) {
    const { at, differences } = orNotFound(await (await find(parts, name)).lastComparison(), 'comparison-not-found')
    return answer(200, { at: at.toISOString(), tables: differences })
  },
})

const skip = route({
  method: 'post',
  path: '/projections/:name/skip',
  summary: 'Pass over the event at which it is paused, for good; the log keeps who did so and why',
  access: 'admin',
  takesKey: false,
  params: nameParams,
  body: z.strictObject({ position: z.string().max(200), reason: textSchema(MAX_REASON) }),
  answers: { 202: null },
  uses: ['projections'],
  async handle({ params: { name }, body: { position, reason }, caller }, parts) {
    const outcome = await (await find(parts, name)).skip({ position, reason, by: caller.userId })
    if (outcome.kind === 'never') throw new ProblemError('projection-needed', { detail: outcome.why })
    if (outcome.kind === 'not-paused') throw new ProblemError('not-paused-there')
    return answer(202, null)
  },
})

export const projectionRoutes = [list, show, rebuild, cancel, retry, stop, start, diff, showDiff, skip]
