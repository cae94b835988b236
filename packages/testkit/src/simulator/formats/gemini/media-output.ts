import type { Answer } from '../../core/answer.ts';
import { MARKER } from '../../core/answer.ts';
import { stripes } from '../openai-media/png.ts';
import { pcm, spokenSeconds } from '../openai-media/sound.ts';
import type { Part } from './request.ts';

/** Answers with pictures or in sound (`responseModalities`), in the manner of Gemini's image and speech models. */
export type Modality = 'TEXT' | 'IMAGE' | 'AUDIO';

const IMAGE_TOKENS = 1290;
const SECOND_TOKENS = 25;
const SIDE = 1024;

interface MediaPart {
  readonly modality: Modality;
  readonly part: Part;
  readonly tokens: number;
}

/** What an answer has beside or instead of its text; null for calls, refusals and plain text. */
export function mediaPart(answer: Answer, modalities: readonly Modality[]): MediaPart | null {
  if (answer.toolCalls.length > 0 || answer.finishReason === 'refusal' || answer.pieces.length === 0) return null;
  const text = answer.pieces.join('');
  if (modalities.includes('IMAGE')) {
    const data = stripes(text, SIDE, SIDE, 1, `${MARKER} ${text.slice(0, 200)}`).toString('base64');
    return { modality: 'IMAGE', part: { inlineData: { mimeType: 'image/png', data } }, tokens: IMAGE_TOKENS };
  }
  if (!modalities.includes('AUDIO')) return null;
  const data = pcm(text, 1).toString('base64');
  return {
    modality: 'AUDIO',
    part: { inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data } },
    tokens: Math.ceil(spokenSeconds(text, 1) * SECOND_TOKENS),
  };
}

/** True when the words are given as words. */
export function isWritten(modalities: readonly Modality[]): boolean {
  return modalities.length === 0 || modalities.includes('TEXT');
}

/** The answer billed as what it is: its words if they are written, and its media. */
export function billed(answer: Answer, modalities: readonly Modality[]): Answer {
  const media = mediaPart(answer, modalities);
  if (!media) return answer;
  const words = isWritten(modalities) ? answer.pieces.length : 0;
  return { ...answer, completionTokens: answer.thinkingTokens + words + media.tokens };
}
