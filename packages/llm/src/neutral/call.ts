/**
 * A call to a language model, in no provider's words: what every client protocol is read into and every provider
 * protocol is written from, so that N + M codecs serve N × M pairs. What a reader does not understand it keeps as `other`
 * or in `extra`, with the protocol it belongs to: a writer of the same protocol sends it on, any other reports a loss.
 */

export const PROTOCOLS = ['openai_chat', 'openai_responses', 'anthropic', 'gemini', 'bedrock', 'cohere'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Where a provider's prompt cache may begin to be reused, and for how long it is kept. */
export interface CacheMark {
  readonly ttl: '5m' | '1h';
}

/**
 * What a provider lets a model's own thoughts be recognised by when they come back: a signature, or the thoughts
 * themselves encrypted. Good for models of the same maker only.
 */
export interface Proof {
  readonly protocol: Protocol;
  readonly value: string;
}

/** Bytes by reference or in place. `file` ids are known to one provider only. */
export type MediaSource =
  | { readonly kind: 'data'; readonly mediaType: string /** Base64. */; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  | { readonly kind: 'file'; readonly id: string; readonly protocol: Protocol; readonly mediaType?: string };

export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
  readonly cache?: CacheMark;
}

export interface ImagePart {
  readonly kind: 'image';
  readonly source: MediaSource;
  /** OpenAI's `detail`. */
  readonly detail?: string;
  readonly cache?: CacheMark;
}

export interface AudioPart {
  readonly kind: 'audio';
  readonly source: MediaSource;
}

export interface VideoPart {
  readonly kind: 'video';
  readonly source: MediaSource;
}

export interface DocumentPart {
  readonly kind: 'document';
  readonly source: MediaSource | { readonly kind: 'text'; readonly text: string };
  readonly name?: string;
  readonly cache?: CacheMark;
}

/** What a model thought. `redacted`: nothing of it is readable, all of it is in the proof. */
export interface ReasoningPart {
  readonly kind: 'reasoning';
  readonly text: string;
  readonly redacted?: boolean;
  readonly proof?: Proof;
}

export interface ToolCallPart {
  readonly kind: 'tool_call';
  readonly id: string;
  readonly name: string;
  /** JSON text as the model gave it: key order and digits are its own, and it may be no valid JSON. `{}` for none. */
  readonly arguments: string;
  readonly proof?: Proof;
  readonly cache?: CacheMark;
}

export interface ToolResultPart {
  readonly kind: 'tool_result';
  readonly callId: string;
  /** The tool's name, where the protocol tells it or the call it answers is known. */
  readonly name?: string;
  readonly parts: readonly (TextPart | ImagePart | DocumentPart | OtherPart)[];
  readonly isError?: boolean;
  readonly cache?: CacheMark;
}

export interface RefusalPart {
  readonly kind: 'refusal';
  readonly text: string;
}

/** Something only its own protocol understands. */
export interface OtherPart {
  readonly kind: 'other';
  readonly protocol: Protocol;
  /** Where it stood in the request, for a message: `messages[2].content[0]`. */
  readonly path: string;
  readonly raw: unknown;
}

export type Part =
  | TextPart
  | ImagePart
  | AudioPart
  | VideoPart
  | DocumentPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | RefusalPart
  | OtherPart;

/**
 * One turn. Tool results stand in `user` turns. `system` turns are instructions where they stood (OpenAI's `system` and
 * `developer` messages also in mid-conversation).
 */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly parts: readonly Part[];
  /** OpenAI's `name` of a participant. */
  readonly name?: string;
}

export type Tool =
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly description?: string;
      /** JSON Schema of the arguments; absent for none. */
      readonly parameters?: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
      readonly cache?: CacheMark;
    }
  /** A tool the provider itself runs (web search, code execution, …). */
  | { readonly kind: 'other'; readonly protocol: Protocol; readonly path: string; readonly raw: unknown };

/** `any`: some tool must be called. */
export type ToolChoice = 'auto' | 'none' | 'any' | { readonly tool: string };

export type OutputForm =
  | { readonly kind: 'json' }
  | {
      readonly kind: 'json_schema';
      readonly name: string;
      readonly description?: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
    };

/** How much a model is to think. `budgetTokens` where the client gave a number, `effort` where it gave a word. */
export interface Reasoning {
  readonly mode: 'off' | 'on' | 'adaptive';
  readonly effort?: 'minimal' | 'low' | 'medium' | 'high' | 'max';
  readonly budgetTokens?: number;
  /** The client wants to see thoughts (or a summary of them). */
  readonly show?: boolean;
}

export interface Call {
  /** The protocol it was read from. */
  readonly protocol: Protocol;
  /** The client's name for the model. */
  readonly model: string;
  readonly stream: boolean;
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** `false`: at most one tool call in an answer. */
  readonly parallelToolCalls?: boolean;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  /** Number of answers. */
  readonly choices?: number;
  readonly logprobs?: { readonly top: number };
  readonly output?: OutputForm;
  readonly reasoning?: Reasoning;
  /** The end user the client named for abuse detection. */
  readonly user?: string;
  readonly serviceTier?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Members of the request that have no place above, by name, as they came. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/**
 * Something of a call that a target cannot be told. `essential`: the answer would be another one without it (an image, a
 * second choice), and by default the call is refused; else it is dropped and named in a warning header.
 */
export interface Loss {
  /** Of the client's field, in the client's own words: `messages[0].content[1].input_audio`, `logit_bias`. */
  readonly path: string;
  readonly why: string;
  readonly essential: boolean;
}

/** Why a request is none of this protocol. `param` is `null` when it is no JSON at all. */
export interface CallIssue {
  readonly malformed: boolean;
  readonly param: string | null;
  readonly message: string;
}
