export interface Latencies {
  p50: number
  p99: number
  max: number
}

/** Of all of them, in milliseconds; sorts what it is given. */
export function latenciesOf(values: number[]): Latencies {
  values.sort((a, b) => a - b)
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: values.at(-1) ?? Number.NaN }
}

/** The nearest rank; NaN of nothing. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
