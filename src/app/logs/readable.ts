import winston from 'winston'

/** Shown on lines of their own. */
const LONG = ['cause', 'stack']
const HIDDEN = ['level', 'message', 'timestamp', ...LONG]

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** One line to read: time, level, message, fields; a stack below it. */
export const readable = winston.format.printf((info) => {
  const { level, message, timestamp } = info
  const fields = Object.entries(info).flatMap(([name, value]) =>
    HIDDEN.includes(name) ? [] : [`${name}=${textOf(value)}`],
  )
  const long = LONG.flatMap((name) => (info[name] === undefined ? [] : [`\n  ${textOf(info[name])}`]))
  return [textOf(timestamp).slice(11, 19), level.padEnd(5), textOf(message), ...fields].join(' ') + long.join('')
})
