import { COMMON_FAULTS, type FaultName } from '../../faults.ts';
import { lookAtForm } from '../../form.ts';
import type { Format, Route } from '../../format.ts';
import { openai } from '../openai/format.ts';
import { editImages, generateImages, lookAtPrompt } from './images.ts';
import { lookAtInput, moderate } from './moderation.ts';
import { lookAtSpeech, speech } from './speech.ts';
import { transcribe } from './transcription.ts';

export const IMAGE_FAULTS = [
  ...COMMON_FAULTS,
  'no-choices',
  'usage-missing',
  'prompt-blocked',
] as const satisfies readonly FaultName[];

/** Speech is bytes, whole or streamed: it cannot be answered as the other. */
const SPEECH_FAULTS = COMMON_FAULTS.filter((name) => name !== 'json-for-stream' && name !== 'stream-for-json');

/** Pictures, sound and moderation, under any base. */
export function mediaRoutes(base: string): Route[] {
  const form = { method: 'POST', carries: 'form', look: lookAtForm } as const;
  return [
    { method: 'POST', path: `${base}/images/generations`, handle: generateImages, look: lookAtPrompt },
    { ...form, path: `${base}/images/edits`, handle: editImages },
    { method: 'POST', path: `${base}/audio/speech`, handle: speech, look: lookAtSpeech },
    { ...form, path: `${base}/audio/transcriptions`, handle: transcribe('transcribe') },
    { ...form, path: `${base}/audio/translations`, handle: transcribe('translate') },
    { method: 'POST', path: `${base}/moderations`, handle: moderate, look: lookAtInput },
  ];
}

/** Keys, headers and errors of all of them are those of OpenAI. */
function part(name: string, pattern: RegExp, faults: readonly FaultName[]): Format {
  const owns = (path: string): boolean => pattern.test(path);
  return { ...openai, name, owns, routes: mediaRoutes('/v1').filter(({ path }) => owns(path)), faults };
}

/** OpenAI's images, audio and moderations; each plays other faults. */
export const openaiMedia: readonly Format[] = [
  part('openai-images', /^\/v1\/images\//, IMAGE_FAULTS),
  part('openai-speech', /^\/v1\/audio\/speech$/, SPEECH_FAULTS),
  part('openai-audio', /^\/v1\/(audio\/trans|moderations$)/, COMMON_FAULTS),
];
