/** What every format says in its own way: the conversation and what is wanted of the answer. */
export interface CalledTool {
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

export interface Media {
  readonly kind: 'image' | 'document' | 'audio' | 'video';
  /** What it costs as input. */
  readonly tokens: number;
}

export interface Turn {
  /** `system` stands for developer messages too; `tool` is the result of one call. */
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly name?: string;
  readonly media?: readonly Media[];
  readonly calls?: readonly CalledTool[];
  /** Tokens of what is neither text nor call, such as thinking that was sent back. */
  readonly otherTokens?: number;
}

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments; absent when it takes none. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export type ToolChoice = 'none' | 'auto' | 'required' | { readonly name: string };

export type Output =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | { readonly type: 'schema'; readonly schema: Readonly<Record<string, unknown>> };

/**
 * A request as the core understands it. The words of an answer are a function of all of it but `stop`, `maxTokens` and
 * `parallel`, so the same conversation gets the same words in every format.
 */
export interface Conversation {
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  /** False: at most one call in an answer. */
  readonly parallel: boolean;
  readonly output: Output;
  readonly stop: readonly string[];
  /** Output tokens, thinking included. */
  readonly maxTokens?: number | undefined;
  /** Tokens spent on thinking before the answer. */
  readonly thinkingTokens: number;
  /** Says a sentence before tool calls. */
  readonly textBeforeTools?: boolean;
  /** What else changes the words: seed, temperature, top_p. */
  readonly variation: readonly (number | null)[];
}

/** Text of the last user turn, or ''. */
export function lastUserText(turns: readonly Turn[]): string {
  return turns.findLast((found) => found.role === 'user')?.text ?? '';
}

/** Tokens spent on thinking, by effort. */
export const THINKING_TOKENS = {
  none: 0,
  minimal: 0,
  low: 64,
  medium: 192,
  high: 512,
  xhigh: 1024,
  max: 2048,
} as const;

/** Effort of a model that was not told: `sim-reasoner…` thinks, others do not. */
export function usualEffort(model: string): 'medium' | 'none' {
  return model.startsWith('sim-reasoner') ? 'medium' : 'none';
}
