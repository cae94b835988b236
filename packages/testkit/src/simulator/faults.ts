/**
 * Every way the simulator misbehaves on request. A fault takes at most one number; `times=N` can be added to any, and
 * then only the first N calls with the same body are hit.
 */
interface FaultDescription {
  readonly does: string;
  /** The number it takes, with the value used when none is given. */
  readonly takes?: { readonly name: string; readonly initially: number };
}

const chunks = (initially: number) => ({ name: 'after', initially });
const milliseconds = (initially: number) => ({ name: 'ms', initially });

export const FAULTS = {
  hang: { does: 'never answers; the socket stays open' },
  reset: { does: 'resets the connection (TCP RST) before the first byte' },
  latency: { does: 'waits before the status line and headers', takes: milliseconds(2000) },
  'slow-first-byte': { does: 'sends headers at once and waits before the first body byte', takes: milliseconds(2000) },
  'slow-tokens': {
    does: 'waits before each chunk of a stream (JSON: that long for every token)',
    takes: milliseconds(100),
  },
  stall: { does: 'stops after some chunks (JSON: half the body) and leaves the socket open', takes: chunks(3) },
  cut: { does: 'destroys the socket after some chunks (JSON: half the body)', takes: chunks(3) },
  truncate: { does: 'ends the stream cleanly after some chunks, before its finish reason', takes: chunks(3) },
  'no-done': { does: 'ends the whole stream without its last event (OpenAI: [DONE])' },
  malformed: { does: 'breaks the JSON of one event and goes on (JSON: breaks the body)', takes: chunks(2) },
  'error-in-stream': { does: 'sends an error as an event of the stream, then ends', takes: chunks(2) },
  'split-bytes': {
    does: 'writes the stream a few bytes at a time, cutting events and UTF-8 sequences',
    takes: { name: 'bytes', initially: 3 },
  },
  comments: { does: 'puts SSE comment lines between the events' },
  '401': { does: 'status 401 (OpenAI: code invalid_api_key)' },
  '429': {
    does: 'status 429 (OpenAI: code rate_limit_exceeded), with Retry-After',
    takes: { name: 'retry-after', initially: 1 },
  },
  'insufficient-quota': { does: 'no money left (OpenAI: status 429, code insufficient_quota, no Retry-After)' },
  '500': { does: 'status 500, the provider’s own error' },
  '503': { does: 'status 503, with Retry-After', takes: { name: 'retry-after', initially: 1 } },
  'error-in-200': { does: 'status 200 with an error object as body' },
  html: { does: 'an HTML page instead of JSON or SSE', takes: { name: 'status', initially: 200 } },
  'json-for-stream': { does: 'answers a request for a stream with one JSON body' },
  'stream-for-json': { does: 'answers a request for JSON with a stream' },
  'empty-body': { does: 'status 200 and no body' },
  'no-choices': { does: '`choices: []` (stream: in every chunk)' },
  'usage-every-chunk': { does: 'running totals of usage on every chunk, asked for or not' },
  'usage-on-finish': { does: 'usage on the finish chunk, none of its own' },
  'usage-missing': { does: 'never sends usage' },
  'cached-tokens': {
    does: 'reports this many prompt tokens as cached (at most all)',
    takes: { name: 'count', initially: 64 },
  },
  'role-absent': { does: 'first delta (or message) without a role' },
  'role-empty': { does: 'every delta (or message) has `role: ""`' },
  'tool-index-missing': { does: 'tool call deltas without `index`' },
  'tool-index-gaps': { does: 'tool call indexes 1, 4, 7 … instead of 0, 1, 2 …' },
  'tool-index-reused': { does: 'every tool call delta has index 0' },
  refusal: { does: 'the model refuses, in the way of the format' },
  'content-filter': { does: "stops the answer after some chunks because of the maker's filter", takes: chunks(3) },
  'response-failed': { does: 'Responses: `response.failed` after some events (JSON: status failed)', takes: chunks(3) },
  'deltas-missing': { does: 'Responses: only the `.done` events, no deltas' },
  'item-ids-rotate': { does: 'Responses: an item has another id in every event' },
  'prompt-blocked': { does: 'the prompt itself is blocked by the filter of the maker' },
  'malformed-call': { does: 'Gemini: finish reason MALFORMED_FUNCTION_CALL and no parts' },
  'call-ids-missing': { does: 'Gemini: function calls without ids' },
  'tool-arguments-whole': { does: 'each tool call whole in its first delta' },
  'tool-id-repeated': { does: 'id and name of a tool call in each of its deltas' },
  'tool-id-empty': { does: '`id: ""` in every delta of a tool call but the first' },
  'tool-finish-stop': { does: 'finish reason `stop` after tool calls' },
  'tool-calls-empty': { does: '`tool_calls: []` beside the text' },
  'reasoning-content': { does: 'shows its thinking in `reasoning_content` (DeepSeek, vLLM)' },
  'reasoning-text': { does: 'shows its thinking in `reasoning` (OpenRouter, Groq)' },
  'stream-options-refused': { does: 'status 400 for `stream_options`' },
  'max-tokens-refused': { does: 'status 400 for `max_tokens`, as models that want max_completion_tokens' },
  'tool-arguments-empty': { does: 'arguments of every tool call are the empty string' },
  'text-before-tools': { does: 'says a sentence before it calls tools' },
  'split-at': {
    does: 'writes the stream so that one write ends after this many bytes',
    takes: { name: 'byte', initially: 100 },
  },
  'one-write': { does: 'writes the whole stream at once' },
  '529': { does: 'Anthropic: status 529, overloaded' },
  'pause-turn': { does: 'Anthropic: stops with stop_reason pause_turn, to be continued', takes: chunks(6) },
  'context-window': { does: 'stops after some chunks because the context window is full', takes: chunks(6) },
  'redacted-thinking': { does: 'thinks in redacted blocks too' },
  'unknown-event': { does: 'sends events of a type nobody knows' },
} as const satisfies Record<string, FaultDescription>;

export type FaultName = keyof typeof FAULTS;

/** Faults that happen before an answer or on its way, and so in every format that answers whole or as a stream. */
export const COMMON_FAULTS = [
  'hang',
  'reset',
  'latency',
  'slow-first-byte',
  'slow-tokens',
  'stall',
  'cut',
  'truncate',
  'no-done',
  'malformed',
  'error-in-stream',
  'split-bytes',
  'split-at',
  'one-write',
  'comments',
  '401',
  '429',
  'insufficient-quota',
  '500',
  '503',
  'error-in-200',
  'html',
  'json-for-stream',
  'stream-for-json',
  'empty-body',
] as const satisfies readonly FaultName[];

export interface ActiveFault {
  readonly value: number;
  /** Calls with the same body that are hit; `Infinity` for all. */
  readonly times: number;
}
export type ActiveFaults = ReadonlyMap<FaultName, ActiveFault>;

/** The number a fault takes when none is given; 0 for those that take none. */
export function initialValue(name: FaultName): number {
  const description: FaultDescription = FAULTS[name];
  return description.takes?.initially ?? 0;
}

function isFaultName(text: string): text is FaultName {
  return Object.hasOwn(FAULTS, text);
}

export class UnknownFault extends Error {}

function parseOne(text: string): [FaultName, ActiveFault] {
  const [name = '', ...settings] = text.split(/[\s:,]+/);
  if (!isFaultName(name)) {
    throw new UnknownFault(`Unknown fault '${name}'. Known faults: ${Object.keys(FAULTS).join(', ')}.`);
  }
  const description: FaultDescription = FAULTS[name];
  let value = initialValue(name);
  let times = Number.POSITIVE_INFINITY;
  for (const setting of settings) {
    const [key = '', given] = setting.includes('=') ? setting.split('=') : [description.takes?.name, setting];
    const number = Number(given);
    const known = key === 'times' || (description.takes !== undefined && key === description.takes.name);
    if (!known || !Number.isFinite(number) || number < 0) {
      const takes = description.takes ? `'${description.takes.name}=NUMBER' and ` : '';
      throw new UnknownFault(`Fault '${name}' takes ${takes}'times=NUMBER', not '${setting}'.`);
    }
    if (key === 'times') times = number;
    else value = number;
  }
  return [name, { value, times }];
}

/**
 * Reads faults from a text such as `429 retry-after=2 times=1; slow-tokens:50`. `separator` is `;` in the header
 * `x-simulate` and in `[[simulate: …]]`, `+` in a model name. Throws UnknownFault with a sentence for the caller.
 */
export function parseFaults(text: string, separator: ';' | '+'): ActiveFaults {
  return new Map(
    text
      .split(separator)
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(parseOne),
  );
}

const DIRECTIVE = /\[\[\s*simulate\s*:([^\]]*)\]\]/gi;

/** Takes `[[simulate: …]]` out of a message: what is left, and what it asked for. */
export function takeDirectives(text: string): { text: string; asked: string } {
  const asked = [...text.matchAll(DIRECTIVE)].map((match) => match[1] ?? '').join(';');
  return asked === '' ? { text, asked } : { text: text.replace(DIRECTIVE, '').trim(), asked };
}
