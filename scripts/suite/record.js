/** A worker's reports to the process that started it stand between its other output, each on a line that begins so. */
const MARK = '\u001e'

export const formatRecord = (record) => `${MARK}${JSON.stringify(record)}\n`

/** The record that a line holds; null for ordinary output. */
export const parseRecord = (line) => (line.startsWith(MARK) ? JSON.parse(line.slice(1)) : null)
