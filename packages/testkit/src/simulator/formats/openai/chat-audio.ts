import type { Answer } from '../../core/answer.ts';
import { mp3, pcm, spokenSeconds, wav } from '../openai-media/sound.ts';

/** Answers that are spoken (`modalities: ["text", "audio"]`): the words are the transcript, and there is no content. */
export interface Spoken {
  readonly format: 'wav' | 'mp3' | 'pcm16';
  /** Unix seconds, until when the recording could be referred to. */
  readonly expiresAt: number;
}

export interface AudioMessage {
  id: string;
  data: string;
  expires_at: number;
  transcript: string;
}

const MAKERS = { wav, mp3, pcm16: pcm } as const;
const SECOND_TOKENS = 20;
/** Bytes of sound in a delta: a multiple of three, so that the pieces of base64 join, and of a sample. */
const PIECE = 6000;

/** True for an answer that is said; calls and refusals are written. */
export function isSaid(answer: Answer): boolean {
  return answer.toolCalls.length === 0 && answer.finishReason !== 'refusal';
}

const textOf = (answer: Answer): string => answer.pieces.join('');

/** Tokens of the sound of an answer, billed beside its words. */
export function audioTokens(answer: Answer): number {
  return isSaid(answer) ? Math.ceil(spokenSeconds(textOf(answer), 1) * SECOND_TOKENS) : 0;
}

export function audioMessage(answer: Answer, spoken: Spoken, id: string): AudioMessage {
  const data = MAKERS[spoken.format](textOf(answer), 1).toString('base64');
  return { id, data, expires_at: spoken.expiresAt, transcript: textOf(answer) };
}

/** The same in pieces: words, then sound, then until when it is kept. */
export function audioDeltas(answer: Answer, spoken: Spoken, id: string): Partial<AudioMessage>[] {
  const sound = MAKERS[spoken.format](textOf(answer), 1);
  const pieces = Array.from({ length: Math.ceil(sound.length / PIECE) }, (_, at) =>
    sound.subarray(at * PIECE, (at + 1) * PIECE).toString('base64'),
  );
  return [
    ...answer.pieces.map((transcript, at) => (at === 0 ? { id, transcript } : { transcript })),
    ...pieces.map((data) => ({ data })),
    { expires_at: spoken.expiresAt },
  ];
}
