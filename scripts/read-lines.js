/** Calls `onLine` with each line that the stream gives; the returned function passes on an unfinished last line. */
export function readLines(stream, onLine) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    lines.forEach((line) => onLine(line))
  })
  return () => {
    if (rest !== '') onLine(rest)
    rest = ''
  }
}
