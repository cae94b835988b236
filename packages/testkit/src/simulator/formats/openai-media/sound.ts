import { seededDice } from '../../core/seeded.ts';

/**
 * Sound files that say what they are: the spoken text is written into them, so that the transcription of a simulated
 * recording is what was said. 24 kHz, mono.
 */
const RATE = 24_000;
/** Seconds of sound for a letter. */
const LETTER_SECONDS = 0.02;
const MARK = 'simulated by Parley:';

export function spokenSeconds(text: string, speed: number): number {
  return Math.max(0.1, (text.length * LETTER_SECONDS) / speed);
}

/** 16-bit little-endian samples: a tone for each word. */
export function pcm(text: string, speed: number): Buffer {
  const samples = Math.round(spokenSeconds(text, speed) * RATE);
  const made = Buffer.alloc(samples * 2);
  const words = text.split(/\s+/);
  const each = Math.ceil(samples / words.length);
  for (const [index, word] of words.entries()) {
    const pitch = (2 * Math.PI * seededDice(`tone:${word}`).integer(120, 400)) / RATE;
    for (let at = index * each; at < Math.min(samples, (index + 1) * each); at++) {
      made.writeInt16LE(Math.round(3000 * Math.sin(pitch * at)), at * 2);
    }
  }
  return made;
}

function riffChunk(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** RIFF WAVE, the text in a comment (`LIST INFO ICMT`). */
export function wav(text: string, speed: number): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(RATE, 4);
  format.writeUInt32LE(RATE * 2, 8);
  format.writeUInt16LE(2, 12);
  format.writeUInt16LE(16, 14);
  const comment = riffChunk('ICMT', Buffer.from(`${MARK}${text}\0`));
  const parts = [
    Buffer.from('WAVE'),
    riffChunk('fmt ', format),
    riffChunk('LIST', Buffer.concat([Buffer.from('INFO'), comment])),
    riffChunk('data', pcm(text, speed)),
  ];
  return riffChunk('RIFF', Buffer.concat(parts));
}

/** MPEG-2 layer III, 32 kbit/s: frames of 24 ms and 96 bytes that decode as silence, after an ID3v2.4 tag. */
const FRAME = Buffer.concat([Buffer.from([0xff, 0xf3, 0x44, 0xc0]), Buffer.alloc(92)]);
const FRAME_SECONDS = 0.024;

function syncsafe(size: number): Buffer {
  return Buffer.from([(size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127]);
}

export function mp3(text: string, speed: number): Buffer {
  const said = Buffer.from(`\x03${MARK}${text}\0`);
  const frame = Buffer.concat([Buffer.from('TIT2'), syncsafe(said.length), Buffer.alloc(2), said]);
  const tag = Buffer.concat([Buffer.from('ID3\x04\0\0', 'latin1'), syncsafe(frame.length), frame]);
  const frames = Math.ceil(spokenSeconds(text, speed) / FRAME_SECONDS);
  return Buffer.concat([tag, ...Array.from({ length: frames }, () => FRAME)]);
}

/** What a simulated recording says; null for any other. */
export function spokenText(bytes: Buffer): string | null {
  const from = bytes.indexOf(MARK);
  if (from < 0) return null;
  const to = bytes.indexOf(0, from);
  return to < 0 ? null : bytes.subarray(from + MARK.length, to).toString();
}
