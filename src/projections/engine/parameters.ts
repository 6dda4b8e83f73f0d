/** Adds a value to a statement; gives how the statement's text refers to it. */
export type AddParameter = (value: unknown) => string

export function createParameters(): { values: unknown[]; parameter: AddParameter } {
  const values: unknown[] = []
  return { values, parameter: (value) => `$${values.push(value)}` }
}
