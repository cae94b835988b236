import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audioSeconds } from './audio-length.ts';

const bytes = (size: number, write: (into: Buffer) => void): Buffer => {
  const into = Buffer.alloc(size);
  write(into);
  return into;
};

/** 16 kHz, 16 bit, mono. */
function wav(seconds: number, said = seconds * 32_000): Buffer {
  return bytes(44 + seconds * 32_000, (into) => {
    into.write('RIFF', 0);
    into.write('WAVEfmt ', 8);
    into.writeUInt32LE(16, 16);
    into.writeUInt32LE(16_000, 24);
    into.writeUInt32LE(32_000, 28);
    into.write('data', 36);
    into.writeUInt32LE(said, 40);
  });
}

describe('the length of sound', () => {
  it('is read from WAV, also of a stream whose length was left open', () => {
    expect(audioSeconds(wav(3))).toBe(3);
    expect(audioSeconds(wav(3, 0xffff_ffff))).toBe(3);
  });

  it('is read from FLAC, Ogg Opus and MP4', () => {
    const flac = bytes(20_000, (into) => {
      into.write('fLaC');
      into.writeUIntBE((44_100 << 4) | 0, 18, 3);
      into.writeUInt32BE(44_100 * 7, 22);
    });
    expect(audioSeconds(flac)).toBe(7);
    const ogg = bytes(9000, (into) => {
      into.write('OggS');
      into.write('OpusHead', 28);
      into.write('OggS', 8000);
      into.writeUInt32LE(48_000 * 2.5, 8006);
    });
    expect(audioSeconds(ogg)).toBe(2.5);
    const mp4 = bytes(9000, (into) => {
      into.write('ftypM4A ', 4);
      into.write('mvhd', 100);
      into.writeUInt32BE(1000, 104 + 12);
      into.writeUInt32BE(4200, 104 + 16);
    });
    expect(audioSeconds(mp4)).toBe(4.2);
  });

  it('is read from MP3 by its rate, after a tag, or by its number of frames', () => {
    // MPEG 1 layer III, 128 kbit/s, 44.1 kHz.
    const mp3 = bytes(10 + 20 + 32_000, (into) => {
      into.write('ID3');
      into.writeUInt8(20, 9);
      into.writeUInt32BE(0xfffb9000, 30);
    });
    expect(audioSeconds(mp3)).toBe(2);
    const changing = bytes(32_000, (into) => {
      into.writeUInt32BE(0xfffb9000, 0);
      into.write('Xing', 36);
      into.writeUInt32BE(1, 40);
      into.writeUInt32BE(441, 44);
    });
    expect(audioSeconds(changing)).toBeCloseTo((441 * 1152) / 44_100, 6);
  });

  it('is taken rather too long where a file does not say, and never shorter than its bytes allow', () => {
    expect(audioSeconds(Buffer.alloc(20_000, 7))).toBe(10);
    const liar = bytes(1_152_000, (into) => {
      into.write('fLaC');
      into.writeUIntBE(44_100 << 4, 18, 3);
      into.writeUInt32BE(1, 22);
    });
    expect(audioSeconds(liar)).toBe(1);
  });

  it('is a finite number that is not negative, whatever the bytes', () => {
    const heads = ['RIFF\0\0\0\0WAVE', 'fLaC', 'OggS', '\0\0\0\0ftyp', 'ID3', '\xff\xfb', ''];
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), (head, rest) => {
        const file = Buffer.concat([Buffer.from(head, 'latin1'), rest]);
        const seconds = audioSeconds(file);
        expect(Number.isFinite(seconds) && seconds >= 0).toBe(true);
      }),
    );
  });
});
