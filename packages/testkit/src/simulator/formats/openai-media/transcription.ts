import { z } from 'zod';
import { MARKER } from '../../core/answer.ts';
import { countTokens, tokenize, tokenTexts } from '../../core/tokens.ts';
import { deliverBytes, deliverJson, deliverStream, sseEvent, streams } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { readForm, type Upload } from '../../form.ts';
import type { Settings } from '../../format.ts';
import { parseModel } from '../../models.ts';
import { ApiError, invalidRequest } from '../openai/api-error.ts';
import { logprobsOf } from '../openai/logprobs.ts';
import { spokenText } from './sound.ts';

/** `POST /v1/audio/transcriptions` and `/translations`. `sim-whisper…` answers as Whisper does, others as GPT does. */
const requestSchema = z.strictObject({
  model: z.string(),
  language: z.string().optional(),
  prompt: z.string().optional(),
  response_format: z.enum(['json', 'text', 'srt', 'verbose_json', 'vtt']).default('json'),
  temperature: z.coerce.number().min(0).max(1).optional(),
  stream: z.stringbool().default(false),
  include: z.array(z.enum(['logprobs'])).default([]),
  timestamp_granularities: z.array(z.enum(['word', 'segment'])).default(['segment']),
  chunking_strategy: z.string().optional(),
});
type TranscriptionRequest = z.infer<typeof requestSchema>;

const EXTENSIONS = /\.(flac|m4a|mp3|mp4|mpeg|mpga|oga|ogg|wav|webm)$/i;

function soundOf(files: readonly Upload[]): Upload {
  const [file] = files;
  if (!file) {
    throw new ApiError(400, "Missing required parameter: 'file'.", {
      param: 'file',
      code: 'missing_required_parameter',
    });
  }
  if (!EXTENSIONS.test(file.name)) {
    throw new ApiError(
      400,
      "Invalid file format. Supported formats: ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm']",
      { param: 'file' },
    );
  }
  return file;
}

interface Heard {
  readonly text: string;
  readonly seconds: number;
}

/** What was said in a simulated recording; of any other, only that there was one. */
function listen(file: Upload): Heard {
  const seconds = Math.max(1, Math.round(file.bytes.length / 32_000));
  return { text: spokenText(file.bytes) ?? `${MARKER} A recording of ${file.bytes.length} bytes.`, seconds };
}

function tokenUsage({ text, seconds }: Heard): object {
  const audio = seconds * 10;
  const output = countTokens(text);
  return {
    type: 'tokens',
    input_tokens: audio,
    input_token_details: { text_tokens: 0, audio_tokens: audio },
    output_tokens: output,
    total_tokens: audio + output,
  };
}

const durationUsage = ({ seconds }: Heard): object => ({ type: 'duration', seconds });

/** `00:00:01,500`; VTT has a point where SRT has a comma. */
function clock(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000);
  const part = (value: number, size = 2): string => String(value).padStart(size, '0');
  const [hours, minutes, rest] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  return `${part(hours)}:${part(minutes)}:${part(rest)}${point}${part(ms % 1000, 3)}`;
}

function verbose(request: TranscriptionRequest, heard: Heard, task: string): object {
  const { text, seconds } = heard;
  const words = text.split(/\s+/);
  const each = seconds / words.length;
  const segment = {
    id: 0,
    seek: 0,
    start: 0,
    end: seconds,
    text,
    tokens: tokenize(text),
    temperature: request.temperature ?? 0,
    avg_logprob: -0.2,
    compression_ratio: 1.1,
    no_speech_prob: 0.01,
  };
  return {
    task,
    language: request.language ?? 'english',
    duration: seconds,
    text,
    ...(request.timestamp_granularities.includes('segment') ? { segments: [segment] } : {}),
    ...(request.timestamp_granularities.includes('word')
      ? { words: words.map((word, at) => ({ word, start: at * each, end: (at + 1) * each })) }
      : {}),
    usage: durationUsage(heard),
  };
}

const TEXTS: Partial<Record<TranscriptionRequest['response_format'], (heard: Heard) => string>> = {
  text: ({ text }) => `${text}\n`,
  srt: ({ text, seconds }) => `1\n${clock(0, ',')} --> ${clock(seconds, ',')}\n${text}\n\n`,
  vtt: ({ text, seconds }) => `WEBVTT\n\n${clock(0, '.')} --> ${clock(seconds, '.')}\n${text}\n\n`,
};

async function streamed(exchange: Exchange, heard: Heard, logprobs: boolean, settings: Settings): Promise<void> {
  const pieces = tokenTexts(tokenize(heard.text));
  const event = (value: object) => sseEvent(JSON.stringify(value));
  const probs = (from: number, to: number) =>
    logprobs
      ? {
          logprobs: logprobsOf(pieces.slice(from, to), 0, heard.text, from).map(({ token, logprob, bytes }) => ({
            token,
            logprob,
            bytes,
          })),
        }
      : {};
  const message = 'The server had an error. [simulated by Parley]';
  const done = {
    type: 'transcript.text.done',
    text: heard.text,
    ...probs(0, pieces.length),
    usage: tokenUsage(heard),
  };
  await deliverStream(
    exchange,
    {
      events: pieces.map((delta, at) => event({ type: 'transcript.text.delta', delta, ...probs(at, at + 1) })),
      closing: [event(done)],
      error: event({ type: 'error', error: { type: 'server_error', code: null, message, param: null } }),
    },
    settings.msPerToken,
  );
}

export function transcribe(task: 'transcribe' | 'translate') {
  return async (exchange: Exchange, body: unknown, settings: Settings): Promise<void> => {
    const form = readForm(exchange, body);
    const { deployment } = exchange.params;
    const fields = deployment === undefined ? form.fields : { ...form.fields, model: deployment };
    const parsed = requestSchema.safeParse(fields);
    if (!parsed.success) throw invalidRequest(parsed.error, fields);
    const request = parsed.data;
    const { model } = parseModel(request.model);
    const heard = listen(soundOf(form.files('file')));
    const whisper = model.startsWith('sim-whisper');
    const { response_format: format } = request;
    if (!whisper && format !== 'json' && format !== 'text') {
      throw new ApiError(
        400,
        `response_format '${format}' is not compatible with model '${model}'. Use 'json' or 'text' instead.`,
        { param: 'response_format', code: 'unsupported_value' },
      );
    }
    // Whisper does not stream: it answers whole, asked or not.
    if (!whisper && streams(exchange, request.stream)) {
      return streamed(exchange, heard, request.include.includes('logprobs'), settings);
    }
    const text = TEXTS[format];
    if (text) return deliverBytes(exchange, Buffer.from(text(heard)), 'text/plain; charset=utf-8');
    const usage = whisper ? durationUsage(heard) : tokenUsage(heard);
    const answer = format === 'verbose_json' ? verbose(request, heard, task) : { text: heard.text, usage };
    await deliverJson(exchange, answer, countTokens(heard.text), settings.msPerToken);
  };
}
