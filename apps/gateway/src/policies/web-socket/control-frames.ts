import { randomBytes } from 'node:crypto';
import { OPCODE } from './frames.ts';

/** Bytes of a reason beside its code in the 125 a control frame has room for. */
const MAX_REASON = 123;

/** A control frame (RFC 6455 §5.5) with at most 125 bytes; masked as clients must and servers must not. */
export function controlFrame(opcode: number, payload: Buffer, masked: boolean): Buffer {
  if (!masked) return Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);
  const key = randomBytes(4);
  const hidden = payload.map((byte, at) => byte ^ (key[at % 4] as number));
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), key, hidden]);
}

/** A text message in one frame (RFC 6455 §5.6); masked as clients must and servers must not. */
export function textFrame(text: string, masked: boolean): Buffer {
  const length = Buffer.byteLength(text);
  const size = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const begin = 2 + size + (masked ? 4 : 0);
  const frame = Buffer.allocUnsafe(begin + length);
  frame[0] = 0x80 | OPCODE.text;
  frame[1] = (masked ? 0x80 : 0) | (size === 0 ? length : size === 2 ? 126 : 127);
  if (size === 2) frame.writeUInt16BE(length, 2);
  if (size === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.write(text, begin);
  if (!masked) return frame;
  const key = randomBytes(4);
  key.copy(frame, begin - 4);
  for (let i = 0; i < length; i++) frame[begin + i] = (frame[begin + i] as number) ^ (key[i & 3] as number);
  return frame;
}

/** A close frame with its code and reason; without a body for 1005, which stands for “none was given”. */
export function closeFrame(code: number, reason: string, masked: boolean): Buffer {
  if (code === 1005) return controlFrame(OPCODE.close, Buffer.alloc(0), masked);
  const room = Buffer.alloc(2 + MAX_REASON);
  // Writes whole characters only.
  const body = room.subarray(0, 2 + room.write(reason, 2));
  body.writeUInt16BE(code, 0);
  return controlFrame(OPCODE.close, body, masked);
}

/** Code and reason of a close frame's payload. */
export function readClose(payload: Buffer): { code: number; reason: string } {
  if (payload.length < 2) return { code: 1005, reason: '' };
  return { code: payload.readUInt16BE(0), reason: payload.toString('utf8', 2) };
}

/** Codes a peer may send (RFC 6455 §7.4.2). */
export function isCloseCode(code: number): boolean {
  return (
    code === 1005 || (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1006) || (code >= 3000 && code < 5000)
  );
}
