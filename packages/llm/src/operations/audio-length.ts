/** Sound that says nothing of its length is taken for the longest that so many bytes can be: speech of 16 kbit/s. */
const FEWEST_BYTES_PER_SECOND = 2000;
/** No file is shorter than its bytes allow, whatever it says: four channels of 24 bits at 96 kHz. */
const MOST_BYTES_PER_SECOND = 1_152_000;

/**
 * How long a file of sound is, in seconds, from what the file says of itself (WAV, FLAC, Ogg, MP4, MP3), else from its size,
 * then rather too long. For bills where a provider does not tell: bounded by the size, for callers write files.
 */
export function audioSeconds(file: Buffer): number {
  const told = READERS.find(({ is }) => is(file))?.seconds(file) ?? null;
  const longest = file.length / FEWEST_BYTES_PER_SECOND;
  if (told === null || !Number.isFinite(told) || told <= 0) return longest;
  return Math.max(told, file.length / MOST_BYTES_PER_SECOND);
}

interface Reader {
  is(file: Buffer): boolean;
  /** `null` where the file does not say. */
  seconds(file: Buffer): number | null;
}

function startsWith(file: Buffer, text: string, at = 0): boolean {
  return file.length >= at + text.length && file.toString('latin1', at, at + text.length) === text;
}

/** RIFF: the rate of `fmt `, the length of `data`, which streams leave open. */
function wavSeconds(file: Buffer): number | null {
  let rate = 0;
  let at = 12;
  // Chunks are found by their lengths; a file with more than this before its sound is none that anybody writes.
  for (let chunks = 0; chunks < 64 && at + 8 <= file.length; chunks++) {
    const size = file.readUInt32LE(at + 4);
    if (startsWith(file, 'fmt ', at) && at + 20 <= file.length) rate = file.readUInt32LE(at + 16);
    if (startsWith(file, 'data', at)) return rate === 0 ? null : Math.min(size, file.length - at - 8) / rate;
    at += 8 + size + (size % 2);
  }
  return null;
}

/** STREAMINFO, always first (RFC 9639 §8.2): 20 bits of sample rate, 36 bits of samples. */
function flacSeconds(file: Buffer): number | null {
  if (file.length < 26) return null;
  const rate = file.readUIntBE(18, 3) >> 4;
  const samples = (file.readUInt8(21) & 0x0f) * 2 ** 32 + file.readUInt32BE(22);
  return rate === 0 || samples === 0 ? null : samples / rate;
}

/** The position of the last page, in samples: of Opus always 48,000 a second (RFC 7845 §4), of Vorbis as its head says. */
function oggSeconds(file: Buffer): number | null {
  const head = file.subarray(0, 4096);
  const vorbis = head.indexOf('\x01vorbis', 0, 'latin1');
  const rate = head.includes('OpusHead')
    ? 48_000
    : vorbis >= 0 && vorbis + 16 <= head.length
      ? head.readUInt32LE(vorbis + 12)
      : 0;
  const last = file.lastIndexOf('OggS');
  if (rate === 0 || last < 0 || last + 14 > file.length) return null;
  const samples = file.readUInt32LE(last + 6) + file.readUInt32LE(last + 10) * 2 ** 32;
  return samples / rate;
}

/** `mvhd` (ISO/IEC 14496-12 §8.2.2): its time scale and duration. */
function mp4Seconds(file: Buffer): number | null {
  const at = file.indexOf('mvhd') + 4;
  if (at === 3 || at + 32 > file.length) return null;
  const long = file.readUInt8(at) === 1;
  const scale = file.readUInt32BE(at + (long ? 20 : 12));
  const length = long ? Number(file.readBigUInt64BE(at + 24)) : file.readUInt32BE(at + 16);
  return scale === 0 || length === 0xffff_ffff ? null : length / scale;
}

/** kbit/s of layer III by index: MPEG 1, and MPEG 2 and 2.5. */
const MP3_RATES = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const MP3_SAMPLE_RATES = [44_100, 48_000, 32_000] as const;
/** Of MPEG 2.5, none, 2 and 1. */
const SLOWER = [4, 1, 2, 1] as const;

/** Where the frames begin: after a tag, whose length is in seven bits a byte. */
function mp3Start(file: Buffer): number {
  if (!startsWith(file, 'ID3') || file.length < 10) return 0;
  return 10 + file.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
}

/** Its first frame: of changing rates the number of frames (`Xing`), else the rate of all. */
function mp3Seconds(file: Buffer): number | null {
  const start = mp3Start(file);
  if (start + 4 > file.length || file.readUInt16BE(start) >> 5 !== 0x7ff) return null;
  const version = (file.readUInt8(start + 1) >> 3) & 3;
  const rates = MP3_RATES[version === 3 ? 0 : 1];
  const rate = (rates[file.readUInt8(start + 2) >> 4] ?? 0) * 125;
  const sampleRate = (MP3_SAMPLE_RATES[(file.readUInt8(start + 2) >> 2) & 3] ?? 0) / (SLOWER[version] ?? 1);
  const frame = file.subarray(start, start + 200);
  const xing = Math.max(frame.indexOf('Xing'), frame.indexOf('Info'));
  if (xing > 0 && xing + 12 <= frame.length && frame.readUInt8(xing + 7) & 1 && sampleRate > 0) {
    return (frame.readUInt32BE(xing + 8) * (version === 3 ? 1152 : 576)) / sampleRate;
  }
  return rate === 0 ? null : (file.length - start) / rate;
}

const READERS: readonly Reader[] = [
  { is: (file) => startsWith(file, 'RIFF') && startsWith(file, 'WAVE', 8), seconds: wavSeconds },
  { is: (file) => startsWith(file, 'fLaC'), seconds: flacSeconds },
  { is: (file) => startsWith(file, 'OggS'), seconds: oggSeconds },
  { is: (file) => startsWith(file, 'ftyp', 4), seconds: mp4Seconds },
  { is: () => true, seconds: mp3Seconds },
];
