/** A value, or what is wrong with the text: a phrase that follows the name of the variable and never repeats a secret. */
export type Parsed<Value> = { value: Value } | { problem: string }

export type Parse<Value> = (text: string) => Parsed<Value>

/** One environment variable, as the configuration and its documentation know it. */
export interface Setting<Value> {
  variable: string
  /** Shown in the documentation. */
  defaultText: string
  /** Shown in the documentation, in Markdown. */
  meaning: string
  /** Whether `NAME=` is refused: its absence chooses another way of running, which must not happen by a value that got lost. */
  refusesEmpty: boolean
  /** For a variable that is not set. */
  absent: Value
  parse: Parse<Value>
}

/** A setting with a default, given in the form that the environment has it. */
export function setting<Value>(
  variable: string,
  parse: Parse<Value>,
  byDefault: string,
  meaning: string,
): Setting<Value> {
  const parsed = parse(byDefault)
  if ('problem' in parsed) throw new Error(`the default of ${variable} ${parsed.problem}`)
  return { variable, defaultText: `\`${byDefault}\``, meaning, refusesEmpty: false, absent: parsed.value, parse }
}

/** A setting without which Parley runs in another way: `defaultText` names that way. It is null then. */
export const choice = <Value>(
  variable: string,
  parse: Parse<Value>,
  defaultText: string,
  meaning: string,
): Setting<Value | null> => ({ variable, defaultText, meaning, refusesEmpty: true, absent: null, parse })

/** A list that is empty unless it is given. */
export const list = <Value>(variable: string, parse: Parse<Value[]>, meaning: string): Setting<Value[]> => ({
  variable,
  defaultText: 'none',
  meaning,
  refusesEmpty: false,
  absent: [],
  parse,
})
