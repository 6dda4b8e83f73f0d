/** The result of a command, on standard output. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** What is not the result: progress, remarks and refusals, on standard error. */
export const printNotice = (line: string): void => void process.stderr.write(`${line}\n`)
