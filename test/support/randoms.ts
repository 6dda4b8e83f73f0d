/** Numbers that only look random: the same ones for the same seed. */
export interface Randoms {
  /** A whole number from 0 up to, and without, `bound`. */
  below(bound: number): number
}

/** A linear congruential generator, with the constants of Numerical Recipes; its high bits are the good ones. */
export function randomsOf(seed: number): Randoms {
  let state = seed >>> 0
  return {
    below(bound) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * bound)
    },
  }
}
