/** What is asked of every pair of client and provider, in the order it is shown. */
export const FEATURES = {
  text: 'text, whole',
  stream: 'a stream says what the whole answer says',
  system: 'system prompt',
  turns: 'several turns',
  tool: 'tool call',
  parallelTools: 'parallel tool calls',
  streamedTools: 'streamed tool calls',
  toolResults: 'tool results sent back',
  toolErrors: 'a tool result that is an error',
  anyTool: 'tool choice: some tool',
  noTool: 'tool choice: none',
  namedTool: 'tool choice: by name',
  schema: 'JSON schema',
  image: 'image in',
  document: 'PDF in',
  reasoning: 'reasoning asked for and counted',
  reasoningTools: 'reasoning sent back with tool results',
  stop: 'stop sequences',
  length: 'most tokens reached',
  hot: 'temperature beyond 1',
  usage: 'usage',
  cached: 'usage: cached tokens',
  marks: 'prompt-cache marks',
  choices: 'two answers (n)',
  logprobs: 'log probabilities',
  cut: 'a cut stream is an error',
  badRequest: 'error: bad request',
  stranger: 'error: unknown key',
  providerKey: 'error: the provider’s 401',
  limited: 'error: the provider’s 429',
  broken: 'error: the provider’s 500',
} as const;

export type Feature = keyof typeof FEATURES;

/** One try of one feature: a pair of client and provider. */
export interface Cell {
  /** A model of the provider. */
  readonly model: string;
  /** A model of it that thinks. */
  readonly thinker: string;
  /** JSON of the last request the provider was sent; '' before the first. */
  sent(): string;
  /** What the gateway said that it dropped, so far. */
  dropped(): readonly string[];
}

/** Tries a feature and throws where its result is not what it must be. */
export type Try = (cell: Cell) => Promise<void>;

/** An unmodified client library: how it asks for each feature it has words for. */
export interface Client {
  readonly name: string;
  readonly tries: Partial<Readonly<Record<Feature, Try>>>;
}

/** Where a client finds the gateway. */
export interface Access {
  readonly url: string;
  readonly key: string;
}

export const WEATHER = {
  name: 'get_weather',
  description: 'Weather of a city',
  schema: {
    type: 'object' as const,
    properties: { city: { type: 'string' as const } },
    required: ['city'],
    additionalProperties: false,
  },
};
export const REPORT = {
  type: 'object' as const,
  properties: { city: { type: 'string' }, mood: { type: 'string', enum: ['good', 'bad'] } },
  required: ['city', 'mood'],
  additionalProperties: false,
};
export const ONE_CITY = 'What is the weather in Paris? Use the tool.';
export const TWO_CITIES = 'What is the weather in Paris and in Oslo? Use the tool.';
export const STOPPED = 'Reply with exactly: one two STOP three';
export const LONG = 'List ten facts about rivers.';
export const CITIES = [{ city: 'Paris' }, { city: 'Oslo' }];
/** A PNG of one pixel. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF').toString(
  'base64',
);
