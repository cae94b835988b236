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
