import { createProgressDisplay, type ProgressDisplay } from './progress-display.js'

/** How far each step of a long command has come. */
export interface StepDisplay {
  show(step: string, done: number, total: number): void
  stop(): void
}

export function createStepDisplay(isJson: boolean): StepDisplay {
  let current: { step: string; display: ProgressDisplay } | null = null
  const stop = (): void => {
    current?.display.stop()
    current = null
  }
  return {
    show(step, done, total) {
      if (current?.step !== step) {
        stop()
        current = { step, display: createProgressDisplay(step, '', isJson) }
      }
      current.display.show(done, total)
    },
    stop,
  }
}
