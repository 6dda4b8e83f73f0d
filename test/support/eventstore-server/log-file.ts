import { closeSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRecord } from './log-record.js'

/** Keeps the log through the death of the process. */
export interface LogFile {
  /** What was written before, append by append. */
  readonly kept: LogRecord[][]
  /** Returns once the records are written, all or none of them. */
  write(records: readonly LogRecord[]): void
  close(): void
}

export interface LogFileOptions {
  folder: string
  /** Whether each write waits for the disk: without, it survives `kill -9` of the process, but no loss of power. */
  fsync: boolean
}

type Line = (readonly [
  LogRecord['kind'],
  number,
  number,
  string,
  number,
  string,
  string,
  boolean,
  string,
  string,
  number,
])[]

/** A line for each append; a last line without its end was never answered, and goes. */
export function openLogFile({ folder, fsync }: LogFileOptions): LogFile {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'log.jsonl')
  const file = openSync(path, 'a+')
  const bytes = readFileSync(path)
  const whole = bytes.lastIndexOf('\n') + 1
  if (whole < bytes.length) ftruncateSync(file, whole)
  const lines = bytes.subarray(0, whole).toString().split('\n').slice(0, -1)
  return {
    kept: lines.map((line) => (JSON.parse(line) as Line).map(fromLine)),
    write(records) {
      writeWhole(file, Buffer.from(`${JSON.stringify(records.map(toLine))}\n`))
      if (fsync) fdatasyncSync(file)
    },
    close: () => closeSync(file),
  }
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
}

const toLine = (record: LogRecord): Line[number] => [
  record.kind,
  record.position,
  record.end,
  record.stream,
  record.revision,
  record.id,
  record.type,
  record.isJson,
  Buffer.from(record.data).toString('base64'),
  Buffer.from(record.metadata).toString('base64'),
  record.created,
]

function fromLine([kind, position, end, stream, revision, id, type, isJson, data, metadata, created]: Line[number]) {
  const bytes = { data: Buffer.from(data, 'base64'), metadata: Buffer.from(metadata, 'base64') }
  return { kind, position, end, stream, revision, id, type, isJson, ...bytes, created }
}
