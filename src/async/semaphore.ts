export interface Semaphore {
  /** Does the work once there is room for its weight, in the order of the calls. */
  run<Result>(weight: number, work: () => Promise<Result>): Promise<Result>
  /** Resolves when nothing is under way or waiting. */
  idle(): Promise<void>
}

/** Bounds what is under way at once to `capacity`; something heavier than that goes alone. */
export function createSemaphore(capacity: number): Semaphore {
  const waiting: { weight: number; enter: () => void }[] = []
  const whenIdle: (() => void)[] = []
  let underWay = 0
  let weightUnderWay = 0

  function letIn(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (underWay > 0 && weightUnderWay + next.weight > capacity) return
      waiting.shift()
      underWay++
      weightUnderWay += next.weight
      next.enter()
    }
    if (underWay === 0) for (const tell of whenIdle.splice(0)) tell()
  }

  return {
    async run(weight, work) {
      await new Promise<void>((enter) => {
        waiting.push({ weight, enter })
        letIn()
      })
      try {
        return await work()
      } finally {
        underWay--
        weightUnderWay -= weight
        letIn()
      }
    },
    idle: () =>
      new Promise((resolve) => {
        whenIdle.push(resolve)
        letIn()
      }),
  }
}
