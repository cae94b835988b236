/** What one source says about one model at one of its providers; what it does not say is absent. */
export interface Statement {
  readonly source: string;
  /** `id` in our provider table, or `null` where the source's provider is not in it. */
  readonly provider: string | null;
  /** The provider makes the model itself: the best witness of it. */
  readonly byMaker: boolean;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly label?: string | undefined;
  readonly contextTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly can: readonly string[];
  readonly cannot: readonly string[];
  readonly status?: 'superseded' | 'deprecated' | 'retired' | undefined;
  readonly releasedOn?: string | undefined;
  readonly kind?: string | undefined;
  /** Price rows as `@pydantic/genai-prices` writes them. */
  readonly prices?: unknown;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A positive whole number; sources write 0 for what they do not know. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
