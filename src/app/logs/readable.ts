import winston from 'winston'

/** Shown on lines of their own. */
const LONG = ['cause', 'stack']
const HIDDEN = ['level', 'message', 'timestamp', ...LONG]

/** One line for people: time, level, message, fields; a stack below it. */
export const readable = winston.format.printf((info) => {
  const { level, message, timestamp } = info
  const fields = Object.entries(info).flatMap(([name, value]) =>
    HIDDEN.includes(name) ? [] : [`${name}=${String(value)}`],
  )
  const long = LONG.flatMap((name) => (info[name] === undefined ? [] : [`\n  ${String(info[name])}`]))
  return [String(timestamp).slice(11, 19), level.padEnd(5), String(message), ...fields].join(' ') + long.join('')
})
