import { stripVTControlCharacters } from 'node:util'

const CONTROL = /(?![\n\t])\p{Cc}/gu

/** A text of a payload without what no message may hold: colours and other terminal sequences, control characters, broken Unicode. */
export const cleanPayloadText = (text: string): string =>
  stripVTControlCharacters(text.toWellFormed()).replaceAll('\r\n', '\n').replace(CONTROL, '')
