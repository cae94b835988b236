import { crc32 } from 'node:zlib';

/**
 * Messages of `application/vnd.amazon.eventstream`: lengths, a checksum over them, string headers, payload, a checksum
 * over all (AWS, Event stream encoding).
 */
const PRELUDE_BYTES = 12;
const STRING = 7;

function encodeHeaders(headers: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const head = Buffer.alloc(1 + name.length + 3);
      head.writeUInt8(name.length, 0);
      head.write(name, 1);
      head.writeUInt8(STRING, 1 + name.length);
      head.writeUInt16BE(Buffer.byteLength(value), 2 + name.length);
      return Buffer.concat([head, Buffer.from(value)]);
    }),
  );
}

/** One message as bytes. */
export function eventFrame(headers: Readonly<Record<string, string>>, payload: Uint8Array): Buffer {
  const encoded = encodeHeaders(headers);
  const frame = Buffer.alloc(PRELUDE_BYTES + encoded.length + payload.length + 4);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(encoded.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  encoded.copy(frame, PRELUDE_BYTES);
  frame.set(payload, PRELUDE_BYTES + encoded.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return frame;
}

/** The same message with a byte of its payload changed, so that its checksum does not match. */
export function brokenFrame(frame: Buffer): Buffer {
  const broken = Buffer.from(frame);
  const at = broken.length - 6;
  broken.writeUInt8(broken.readUInt8(at) ^ 0xff, at);
  return broken;
}
