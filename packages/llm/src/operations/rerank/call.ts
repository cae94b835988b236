import type { Target } from '../../codec.ts';
import type { CallIssue, Loss } from '../../neutral/call.ts';
import { isObject } from '../../object.ts';
import type { OperationCall, OperationView } from '../operation.ts';
import type { OperationUsage } from '../usage.ts';

/** A call for an order of documents, in no provider's words. */
export interface RerankCall {
  readonly model: string;
  readonly query: string;
  readonly documents: readonly RerankDocument[];
  readonly topN?: number;
  readonly maxTokensPerDocument?: number;
  /** Members without a place above, by the client's names. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** `raw`: as the client gave it. `text` is `null` for what is no text (pictures). */
export interface RerankDocument {
  readonly text: string | null;
  readonly raw: unknown;
}

export interface RerankAnswer {
  readonly id: string | null;
  readonly model: string | null;
  /** Best first. */
  readonly results: readonly { readonly index: number; readonly score: number }[];
  readonly usage: OperationUsage | null;
}

export interface RerankClient {
  read(call: OperationCall): RerankCall | CallIssue;
  write(answer: RerankAnswer, call: OperationCall, view: OperationView): string;
}

export interface RerankProvider {
  write(call: RerankCall, target: Target): { readonly body: unknown; readonly losses: readonly Loss[] };
  /** `documents`: how many there are to order. */
  read(body: Readonly<Record<string, unknown>>, documents: number): RerankAnswer | null;
}

/** A document in any form clients send: a text, or an object with one. */
export function documentOf(raw: unknown): RerankDocument {
  if (typeof raw === 'string') return { text: raw, raw };
  return { text: isObject(raw) && typeof raw.text === 'string' ? raw.text : null, raw };
}

/** Texts of the documents; what is none is an essential loss. */
export function textsOf(call: RerankCall, losses: Loss[]): string[] {
  return call.documents.map(({ text }, i) => {
    if (text === null && losses.length < 20) {
      losses.push({ path: `documents[${i}]`, why: 'the model’s provider orders texts only', essential: true });
    }
    return text ?? '';
  });
}

/** Members nobody there has a word for. */
export function unheard(call: RerankCall, losses: Loss[]): void {
  for (const path of Object.keys(call.extra)) {
    losses.push({ path, why: 'the provider’s protocol has no such member', essential: false });
  }
}

/** Places and scores, each place once and among the documents; else `null`. */
export function resultsOf(given: unknown, documents: number): RerankAnswer['results'] | null {
  if (!Array.isArray(given)) return null;
  const seen = new Set<number>();
  const results: { index: number; score: number }[] = [];
  for (const each of given as readonly unknown[]) {
    if (!isObject(each)) return null;
    const { index, relevance_score: score } = each;
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= documents) return null;
    if (typeof score !== 'number' || !Number.isFinite(score) || seen.has(index)) return null;
    seen.add(index);
    results.push({ index, score });
  }
  return results.sort((a, b) => b.score - a.score);
}
