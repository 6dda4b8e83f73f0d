import { tasks, type Tasks } from './tasks.js'

/** The load process: takes one task after the other from its parent, and ends with it. */
interface Message {
  name: keyof Tasks
  args: never
}

process.on('message', ({ name, args }: Message) => {
  const task = tasks[name] as (given: never) => Promise<unknown>
  task(args).then(
    (result) => process.send?.({ result }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
