import type { Frame } from './frames.js'

/** Frames as all sockets of a room, or all that missed them, get them: encoded once, however many they are. */
export interface EncodedFrames {
  /** Packets of Socket.IO, as Engine.IO takes them. */
  packets: readonly string[]
  /** The same as frames of a websocket (RFC 6455, 5.2), one after the other: unmasked, uncompressed text. */
  websocketFrames: Buffer
}

/** Of the default namespace; payloads hold no binary. */
const EVENT = '2'
/** Of Engine.IO, before each packet of Socket.IO. */
const MESSAGE = '4'

export function encodeFrames(frames: readonly Frame[]): EncodedFrames {
  const packets = frames.map(({ event, payload }) => EVENT + JSON.stringify([event, payload]))
  return { packets, websocketFrames: Buffer.concat(packets.map((packet) => textFrame(MESSAGE + packet))) }
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
