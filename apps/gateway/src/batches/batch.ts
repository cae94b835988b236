/** How a batch stands: OpenAI's states. */
export const BATCH_STATES = [
  'validating',
  'in_progress',
  'finalizing',
  'completed',
  'failed',
  'expired',
  'cancelling',
  'cancelled',
] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** Every allowed move. A batch that another node takes over stays in its state. */
export const BATCH_MOVES: Readonly<Record<BatchState, readonly BatchState[]>> = {
  validating: ['in_progress', 'cancelling', 'failed'],
  in_progress: ['finalizing', 'cancelling', 'expired', 'failed'],
  finalizing: ['completed', 'failed'],
  cancelling: ['cancelled', 'failed'],
  completed: [],
  failed: [],
  expired: [],
  cancelled: [],
};

/** Whether nothing more becomes of it. */
export function hasEnded(state: BatchState): boolean {
  return BATCH_MOVES[state].length === 0;
}

/** How its calls came: OpenAI's file of lines, or Anthropic's list in one body. */
export type BatchDialect = 'openai' | 'anthropic';

/** Who sent a batch: its calls are made in their name. */
export interface BatchCaller {
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** As an exchange has it. */
  readonly subject: string;
  readonly address: string;
  /** Flat names and values that every call is given. */
  readonly headers: readonly string[];
}

/** What holds for a batch, from the policies of the APIs its models belong to when it was accepted. */
export interface BatchRules {
  readonly maxLines: number;
  readonly concurrency: number;
  readonly keepMs: number;
}

/** What is known of a batch without opening what is sealed. */
export interface BatchFacts {
  readonly id: string;
  readonly applicationId: string;
  /** Whom its credential named, where that is more than a key: another of the same application may not see it. */
  readonly subject: string;
  readonly dialect: BatchDialect;
  /** Path of each call below `base`: `/v1/chat/completions`. */
  readonly endpoint: string;
  /** Path of the API it was sent to; empty for the gateway's own. */
  readonly base: string;
  /** That API; `null` for the gateway's own address. */
  readonly api: { readonly tenantId: string; readonly apiId: string; readonly version: string } | null;
  readonly inputFileId: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly createdAtMs: number;
  /** What has not been begun then is not made any more. */
  readonly expiresAtMs: number;
  readonly caller: BatchCaller;
  readonly rules: BatchRules;
}

/** What is wrong with a line of a batch, as its sender is told. */
export interface LineProblem {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly line: number | null;
}

/** How a batch stands now. */
export interface BatchView {
  readonly facts: BatchFacts;
  readonly state: BatchState;
  /** Calls it holds; 0 while that is not known. */
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  /** Never made: the batch was cancelled or its time was over. */
  readonly unmade: number;
  /** When it came into a state. */
  readonly sinceMs: Readonly<Partial<Record<BatchState, number>>>;
  readonly outputFileId: string | null;
  readonly errorFileId: string | null;
  readonly problems: readonly LineProblem[];
}

/** A batch that this node holds until its lease ends. */
export interface ClaimedBatch {
  readonly facts: BatchFacts;
  readonly state: BatchState;
  /** Who holds it: of one claim, never used again. */
  readonly owner: string;
  /** Begun so often without anything coming of it. */
  readonly tries: number;
}
