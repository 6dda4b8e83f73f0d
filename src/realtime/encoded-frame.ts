import type { Frame } from './frames.js'

/** A frame as all sockets of a room get it: encoded once, however many they are. */
export interface EncodedFrame {
  /** The packet of Socket.IO, as Engine.IO takes it. */
  packet: string
  /** The same as one frame of a websocket (RFC 6455, 5.2): unmasked, uncompressed text. */
  websocketFrame: Buffer
}

/** Of the default namespace; payloads hold no binary. */
const EVENT = '2'
/** Of Engine.IO, before each packet of Socket.IO. */
const MESSAGE = '4'

export function encodeFrame({ event, payload }: Frame): EncodedFrame {
  const packet = EVENT + JSON.stringify([event, payload])
  return { packet, websocketFrame: textFrame(MESSAGE + packet) }
}

const FINAL_TEXT = 0x81
const LENGTH_IN_16_BITS = 126
const LENGTH_IN_64_BITS = 127

function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const headBytes = length < LENGTH_IN_16_BITS ? 2 : length < 2 ** 16 ? 4 : 10
  const frame = Buffer.allocUnsafe(headBytes + length)
  frame[0] = FINAL_TEXT
  if (headBytes === 2) frame[1] = length
  else if (headBytes === 4) {
    frame[1] = LENGTH_IN_16_BITS
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = LENGTH_IN_64_BITS
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, headBytes)
  return frame
}
