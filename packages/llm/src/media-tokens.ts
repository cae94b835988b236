/** A picture of about a megapixel, where its size is not known; smaller files count less. */
const TOKENS_PER_IMAGE = 1568;
const BYTES_PER_IMAGE_TOKEN = 128;
/** A page of a document holds about this much, and a compressed page about these bytes. */
const TOKENS_PER_PAGE = 2000;
const BYTES_PER_PAGE = 50_000;
/** A second of sound, of compressed sound's usual size. */
const BYTES_PER_AUDIO_TOKEN = 500;

export type MediaKind = 'image' | 'audio' | 'video' | 'document';

/** Estimates the tokens of media in a call by their size; `null` where that is not known. */
export function mediaTokens(kind: MediaKind, bytes: number | null): number {
  if (kind === 'image') {
    if (bytes === null) return TOKENS_PER_IMAGE;
    return Math.min(TOKENS_PER_IMAGE, Math.max(64, Math.ceil(bytes / BYTES_PER_IMAGE_TOKEN)));
  }
  if (kind === 'document') return TOKENS_PER_PAGE * Math.max(1, Math.ceil((bytes ?? 0) / BYTES_PER_PAGE));
  return Math.max(TOKENS_PER_IMAGE, Math.ceil((bytes ?? 0) / BYTES_PER_AUDIO_TOKEN));
}

/** Bytes behind base64 of so many characters. */
export function base64Bytes(characters: number): number {
  return Math.floor((characters * 3) / 4);
}
