/** Answers of three formats as raw bytes of HTTP, made once: an upstream that writes them costs next to nothing. */
export type AnswerFormat = 'openai' | 'anthropic' | 'gemini';

const WORD = ' token';
const USAGE = { openai: { prompt_tokens: 12, completion_tokens: 9, total_tokens: 21 } };
const MODEL = 'real-model-2026-01-01';
const TEXT = 'Hello there, how can I help you today?';

const sse = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;
const named = (type: string, members: object = {}): string => `event: ${type}\n${sse({ type, ...members })}`;

interface Written {
  readonly whole: unknown;
  /** What comes before the first text. */
  readonly opening: string;
  /** One piece of text. */
  readonly piece: string;
  readonly ending: string;
}

const chunk = (choices: readonly unknown[], usage: unknown): string =>
  sse({
    id: 'chatcmpl-CbenchQ2Zt7KfYvXo4mRsWnEhJdLp',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: MODEL,
    system_fingerprint: 'fp_c064fdde7c',
    choices,
    usage,
  });
const openAiDelta = (delta: unknown, finish: string | null = null): string =>
  chunk([{ index: 0, delta, logprobs: null, finish_reason: finish }], null);

const message = {
  id: 'msg_01BenchWqTzYxKpRvNmLsHdGfJc',
  type: 'message',
  role: 'assistant',
  model: MODEL,
  stop_sequence: null,
};
const geminiPart = (text: string, finishReason?: string) => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...(finishReason ? { finishReason } : {}) }],
  usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 9, totalTokenCount: 21 },
  modelVersion: MODEL,
  responseId: 'bEnCHaYqDs-7kdUPxZ3v8Ak',
});

const FORMATS: Readonly<Record<AnswerFormat, Written>> = {
  openai: {
    whole: {
      id: 'chatcmpl-CbenchQ2Zt7KfYvXo4mRsWnEhJdLp',
      object: 'chat.completion',
      created: 1_790_000_000,
      model: MODEL,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: TEXT, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: USAGE.openai,
    },
    opening: openAiDelta({ role: 'assistant', content: '' }),
    piece: openAiDelta({ content: WORD }),
    ending: `${openAiDelta({}, 'stop')}${chunk([], USAGE.openai)}data: [DONE]\n\n`,
  },
  anthropic: {
    whole: {
      ...message,
      content: [{ type: 'text', text: TEXT }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 12, output_tokens: 9 },
    },
    opening:
      named('message_start', {
        message: { ...message, content: [], stop_reason: null, usage: { input_tokens: 12, output_tokens: 1 } },
      }) + named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    piece: named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: WORD } }),
    ending:
      named('content_block_stop', { index: 0 }) +
      named('message_delta', {
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: 9 },
      }) +
      named('message_stop'),
  },
  gemini: {
    whole: geminiPart(TEXT, 'STOP'),
    opening: '',
    piece: sse(geminiPart(WORD)).replaceAll('\n', '\r\n'),
    ending: sse(geminiPart(WORD, 'STOP')).replaceAll('\n', '\r\n'),
  },
};

const httpChunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** Bytes of an answer, head included. */
export interface AnswerBytes {
  /** The whole answer, as JSON. */
  readonly whole: Buffer;
  /** The head of a stream, with what comes before its first text. */
  readonly opening: Buffer;
  /** One piece of text. */
  readonly piece: Buffer;
  readonly ending: Buffer;
}

/** Makes the bytes of an answer in a format. */
export function answerBytes(format: AnswerFormat): AnswerBytes {
  const { whole, opening, piece, ending } = FORMATS[format];
  const json = JSON.stringify(whole);
  const head = 'HTTP/1.1 200 OK\r\ncontent-type:';
  const streamHead = `${head} text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n`;
  return {
    whole: Buffer.from(`${head} application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`),
    opening: Buffer.from(streamHead + (opening === '' ? '' : httpChunk(opening))),
    piece: Buffer.from(httpChunk(piece)),
    ending: Buffer.from(`${httpChunk(ending)}0\r\n\r\n`),
  };
}
