import type { Target } from '../../codec.ts';
import type { CallIssue, Loss } from '../../neutral/call.ts';
import type { OperationCall, OperationView } from '../operation.ts';
import type { OperationUsage } from '../usage.ts';

/** What an embedding is for; models that are told give better ones. */
export type EmbedTask =
  | 'query'
  | 'document'
  | 'similarity'
  | 'classification'
  | 'clustering'
  | 'question'
  | 'fact'
  | 'code_query';

export type EmbedInput =
  | { readonly kind: 'text'; readonly text: string; readonly title?: string }
  /** Numbers of OpenAI's own tokenizers. */
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] }
  /** Pictures and the like, known to one maker's models. */
  | { readonly kind: 'other'; readonly path: string; readonly raw: unknown };

/** A call for embeddings, in no provider's words. */
export interface EmbedCall {
  readonly model: string;
  /** Never empty. */
  readonly inputs: readonly EmbedInput[];
  /** The client's name for the member that holds the inputs. */
  readonly inputPath: string;
  readonly dimensions?: number;
  /** How the client wants the numbers: as such, or as little-endian 32-bit floats in base64. */
  readonly encoding: 'float' | 'base64';
  readonly task?: EmbedTask;
  /** Members without a place above, by the client's names. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface EmbedAnswer {
  readonly model: string | null;
  /** One for each input, in order. */
  readonly vectors: readonly (readonly number[])[];
  readonly usage: OperationUsage | null;
}

export interface EmbedClient {
  read(call: OperationCall): EmbedCall | CallIssue;
  write(answer: EmbedAnswer, call: OperationCall, view: OperationView): string;
}

export interface EmbedProvider {
  write(call: EmbedCall, target: Target): { readonly body: unknown; readonly losses: readonly Loss[] };
  /** `inputs`: how many embeddings there must be. `null` for what is no such answer. */
  read(body: Readonly<Record<string, unknown>>, inputs: number): EmbedAnswer | null;
}

/** Texts of the inputs; what is none is an essential loss, and an empty text stands for it. */
export function textsOf(call: EmbedCall, losses: Loss[]): string[] {
  return call.inputs.map((input, i) => {
    if (input.kind === 'text') return input.text;
    const path = input.kind === 'other' ? input.path : `${call.inputPath}[${i}]`;
    const why =
      input.kind === 'tokens'
        ? 'numbers of tokens mean something to OpenAI’s own models only: send texts'
        : 'the model’s provider embeds texts only';
    if (losses.length < 20) losses.push({ path, why, essential: true });
    return '';
  });
}

/** Members nobody there has a word for. */
export function unheard(call: EmbedCall, losses: Loss[]): void {
  for (const path of Object.keys(call.extra)) {
    losses.push({ path, why: 'the provider’s protocol has no such member', essential: false });
  }
}

/** Lists of finite numbers, exactly as many as there must be; else `null`. */
export function vectorsOf(given: unknown, inputs: number): (readonly number[])[] | null {
  if (!Array.isArray(given) || given.length !== inputs) return null;
  const vectors: (readonly number[])[] = [];
  for (const vector of given as readonly unknown[]) {
    if (!Array.isArray(vector) || vector.length === 0) return null;
    if (!vector.every((value) => typeof value === 'number' && Number.isFinite(value))) return null;
    vectors.push(vector as number[]);
  }
  return vectors;
}
