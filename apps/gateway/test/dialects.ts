type Json = Record<string, unknown>;

/** How clients of one dialect ask, and what they take for an answer. */
export interface Dialect {
  request(model: string, content: string, stream: boolean): { path: string; body: object };
  /** Text of a whole answer; null for what is none. */
  whole(body: Json): string | null;
  /** Text of one event of a stream. */
  piece(event: Json): string;
  /** What follows the last event of a complete stream. */
  readonly complete: RegExp;
  /** What a stream that failed says, and a complete one never does. */
  readonly failed: RegExp;
}

const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((found, part) => (found as Record<string | number, unknown> | null | undefined)?.[part], value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const DIALECTS: Readonly<Record<string, Dialect>> = {
  chat: {
    request: (name, content, stream) => ({
      path: '/v1/chat/completions',
      body: { model: name, stream, messages: [{ role: 'user', content }] },
    }),
    whole: (body) => (Array.isArray(body.choices) ? text(at(body, 'choices', 0, 'message', 'content')) : null),
    piece: (event) => text(at(event, 'choices', 0, 'delta', 'content')),
    complete: /data: \[DONE\]\n\n$/,
    failed: /"finish_reason":"error"/,
  },
  responses: {
    request: (name, content, stream) => ({ path: '/v1/responses', body: { model: name, stream, input: content } }),
    whole: (body) => (body.object === 'response' ? text(at(body, 'output', 0, 'content', 0, 'text')) : null),
    piece: (event) => (event.type === 'response.output_text.delta' ? text(event.delta) : ''),
    complete: /"type":"response\.completed"/,
    failed: /"type":"(?:error|response\.failed)"/,
  },
  messages: {
    request: (name, content, stream) => ({
      path: '/v1/messages',
      body: { model: name, stream, max_tokens: 2000, messages: [{ role: 'user', content }] },
    }),
    whole: (body) => (body.type === 'message' ? text(at(body, 'content', 0, 'text')) : null),
    piece: (event) => text(at(event, 'delta', 'text')),
    complete: /event: message_stop\n/,
    failed: /event: error\n/,
  },
  gemini: {
    request: (name, content, stream) => ({
      path: `/v1beta/models/${name}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      body: { contents: [{ role: 'user', parts: [{ text: content }] }] },
    }),
    whole: (body) =>
      Array.isArray(body.candidates) ? text(at(body, 'candidates', 0, 'content', 'parts', 0, 'text')) : null,
    piece: (event) => text(at(event, 'candidates', 0, 'content', 'parts', 0, 'text')),
    complete: /"finishReason":\s*"STOP"/,
    failed: /"error":/,
  },
};

/** The words of a stream. */
export function heard(dialect: Dialect, stream: string): string {
  const datas = [...stream.matchAll(/^data: (\{.*)$/gm)].map((match) => JSON.parse(match[1] as string) as Json);
  return datas.map((event) => dialect.piece(event)).join('');
}
