import { randomBytes } from 'node:crypto'

/** A name that no node ever had; the suffix tells the processes of one server apart, and is empty where there is one. */
export const newNodeName = (suffix: string): string => `${randomBytes(6).toString('hex')}${suffix}`

/** Of the process with this number. */
export const nodeSuffixOf = (processNumber: number): string => `-${processNumber}`
