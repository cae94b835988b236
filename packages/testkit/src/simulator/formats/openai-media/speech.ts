import { z } from 'zod';
import { countTokens } from '../../core/tokens.ts';
import { deliverStream, type StreamEvent, sseEvent } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { takeDirectives } from '../../faults.ts';
import type { Look, Settings } from '../../format.ts';
import { parseModel } from '../../models.ts';
import { invalidRequest } from '../openai/api-error.ts';
import { mp3, pcm, spokenSeconds, wav } from './sound.ts';

/** `POST /v1/audio/speech` (OpenAI API reference, Audio): bytes as they are made, or events. */
const VOICES = [
  'alloy',
  'ash',
  'ballad',
  'cedar',
  'coral',
  'echo',
  'fable',
  'marin',
  'nova',
  'onyx',
  'sage',
  'shimmer',
  'verse',
] as const;

const requestSchema = z.strictObject({
  model: z.string(),
  input: z.string().min(1).max(4096),
  voice: z.enum(VOICES),
  instructions: z.string().optional(),
  response_format: z
    .enum(['mp3', 'wav', 'pcm'], 'expected mp3, wav or pcm: the simulator makes no other')
    .default('mp3'),
  speed: z.number().min(0.25).max(4).default(1),
  stream_format: z.enum(['audio', 'sse']).default('audio'),
});

const MAKERS = {
  mp3: { type: 'audio/mpeg', make: mp3 },
  wav: { type: 'audio/wav', make: wav },
  pcm: { type: 'audio/pcm', make: pcm },
} as const;

/** Tokens of a second of sound. */
const SECOND_TOKENS = 20;
const PIECE = 4096;

const bytesEvent = (bytes: Buffer): StreamEvent => ({ bytes, broken: bytes.subarray(0, bytes.length >> 1) });

export function lookAtSpeech(body: unknown): Look {
  const { model, input } = (body ?? {}) as Record<string, unknown>;
  return {
    model: typeof model === 'string' ? model : null,
    stream: true,
    text: typeof input === 'string' ? input : '',
  };
}

export async function speech(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, body);
  const { model, input, response_format: format, speed, stream_format } = parsed.data;
  parseModel(model);
  const text = takeDirectives(input).text || input;
  const { type, make } = MAKERS[format];
  const sound = make(text, speed);
  const pieces = Array.from({ length: Math.ceil(sound.length / PIECE) }, (_, at) =>
    sound.subarray(at * PIECE, (at + 1) * PIECE),
  );
  if (stream_format === 'audio') {
    // There is no way to tell of an error within bytes: they end.
    const plan = { contentType: type, events: pieces.map(bytesEvent), closing: [], error: bytesEvent(Buffer.alloc(0)) };
    return deliverStream(exchange, plan, settings.msPerToken);
  }
  const event = (value: object) => sseEvent(JSON.stringify(value));
  const input_tokens = countTokens(text);
  const output_tokens = Math.ceil(spokenSeconds(text, speed) * SECOND_TOKENS);
  const usage = { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens };
  const message = 'The server had an error. [simulated by Parley]';
  await deliverStream(
    exchange,
    {
      events: pieces.map((piece) => event({ type: 'speech.audio.delta', audio: piece.toString('base64') })),
      closing: [event({ type: 'speech.audio.done', usage })],
      error: event({ type: 'error', error: { type: 'server_error', code: null, message, param: null } }),
    },
    settings.msPerToken,
  );
}
