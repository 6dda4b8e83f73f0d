import type { Listener, Look, Story } from './story.js'

/** What holds, how it is checked, and in every how many stories. */
export type Law = [law: string, listener: Listener, every: number]

/** Checks all laws in the same stories, each as often as it says; once one is broken, that one alone, so that the story can be shrunk. */
export function inAll(laws: readonly Law[]): (play: (listener: Listener) => Promise<void>) => Promise<void> {
  let stories = 0
  let broken: Law | undefined

  const check = async (law: Law, listen: (listener: Listener) => Promise<void> | undefined): Promise<void> => {
    try {
      await listen(law[1])
    } catch (cause) {
      broken = law
      throw new Error(`broken: ${law[0]}`, { cause })
    }
  }

  return async (play) => {
    const checked = broken === undefined ? laws.filter(([, , every]) => stories % every === 0) : [broken]
    stories++
    await play({
      async onLook(look: Look) {
        for (const law of checked) await check(law, (listener) => listener.onLook?.(look))
      },
      async atEnd(story: Story) {
        for (const law of checked) await check(law, (listener) => listener.atEnd?.(story))
      },
    })
  }
}
