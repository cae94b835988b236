/** The client protocols as they are on the wire, for what no library shows: how an answer or a stream ends. */
export interface Dialect {
  readonly name: string;
  /** Providers it is tried with: its own protocol's, and another maker's. */
  readonly formats: readonly [own: string, other: string];
  path(model: string, stream: boolean): string;
  body(model: string, stream: boolean, text: string): unknown;
  /** What only a stream that was whole ends with. */
  readonly success: RegExp;
  /** What a stream that failed ends with. */
  readonly failure: RegExp;
}

const messages = (text: string) => [{ role: 'user', content: text }];

export const DIALECTS: readonly Dialect[] = [
  {
    name: 'chat',
    formats: ['openai_chat', 'anthropic'],
    path: () => '/v1/chat/completions',
    body: (model, stream, text) => ({ model, stream, messages: messages(text) }),
    success: /data: \[DONE\]/,
    failure: /"finish_reason":"error"/,
  },
  {
    name: 'responses',
    formats: ['openai_responses', 'anthropic'],
    path: () => '/v1/responses',
    body: (model, stream, text) => ({ model, stream, input: text }),
    success: /event: response\.completed/,
    failure: /event: response\.failed/,
  },
  {
    name: 'anthropic',
    formats: ['anthropic', 'openai_chat'],
    path: () => '/v1/messages',
    body: (model, stream, text) => ({ model, stream, max_tokens: 2000, messages: messages(text) }),
    success: /event: message_stop/,
    failure: /event: error/,
  },
  {
    name: 'gemini',
    formats: ['gemini', 'anthropic'],
    path: (model, stream) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: (_model, _stream, text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
    success: /"finishReason":"STOP"/,
    failure: /data: \{"error":/,
  },
];
