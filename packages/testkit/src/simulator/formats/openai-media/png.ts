import { crc32, deflateSync } from 'node:zlib';
import { seededDice } from '../../core/seeded.ts';

/** A PNG (W3C PNG specification) of coloured stripes that says in its comment that it is simulated. */
function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 8;

function header(width: number, height: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([8, 3, 0, 0, 0], 8);
  return data;
}

/** The picture of a seed; `detail` from 0 to 1 says how much of it is there yet, the rest is grey. */
export function stripes(seed: string, width: number, height: number, detail: number, comment: string): Buffer {
  const dice = seededDice(`picture:${seed}`);
  const palette = Buffer.from([200, 200, 200, ...Array.from({ length: 3 * COLOURS }, () => dice.integer(0, 255))]);
  const band = Math.max(8, Math.floor(width / dice.integer(4, 16)));
  const row = Buffer.from([0, ...Array.from({ length: width }, (_, at) => 1 + (Math.floor(at / band) % COLOURS))]);
  const blank = Buffer.alloc(width + 1);
  const drawn = Math.round(height * detail);
  const rows = Array.from({ length: height }, (_, at) => (at < drawn ? row : blank));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header(width, height)),
    chunk('PLTE', palette),
    chunk('tEXt', Buffer.from(`Comment\0${comment.replace(/[^ -~]/g, '?')}`, 'latin1')),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
