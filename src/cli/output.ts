/** Where an operator command writes. */
export interface Output {
  /** The result, on standard output. */
  print(line: string): void
  /** What is not the result: progress, remarks and refusals, on standard error. */
  printNotice(line: string): void
}

export const print: Output['print'] = (line) => void process.stdout.write(`${line}\n`)

export const printNotice: Output['printNotice'] = (line) => void process.stderr.write(`${line}\n`)
