import { fingerprint } from './core/seeded.ts';
import type { Exchange } from './exchange.ts';
import { Failure } from './failure.ts';
import { type ActiveFaults, type FaultName, parseFaults, takeDirectives, UnknownFault } from './faults.ts';
import type { Look } from './format.ts';
import { parseModel } from './models.ts';

const COUNTED = 10_000;

/** Counts how often each body met each fault, for `times=N`. */
export interface FaultCounter {
  /** True while the fault still hits this body; counts the call. */
  hits(key: string, times: number): boolean;
  clear(): void;
}

export function faultCounter(): FaultCounter {
  const counts = new Map<string, number>();
  return {
    hits(key, times) {
      if (times === Number.POSITIVE_INFINITY) return true;
      const met = counts.get(key) ?? 0;
      if (counts.size >= COUNTED && met === 0) counts.delete(counts.keys().next().value as string);
      counts.set(key, met + 1);
      return met < times;
    },
    clear: () => counts.clear(),
  };
}

interface MaybeMessage {
  readonly role?: unknown;
  readonly content?: unknown;
}

/** Text of the last user message of a body with `messages`; '' for any other body. */
function textOfMessages(body: unknown): string {
  const messages: unknown = (body as { messages?: unknown } | null)?.messages;
  if (!Array.isArray(messages)) return '';
  const last = (messages as (MaybeMessage | null)[]).findLast((message) => message?.role === 'user');
  const parts: unknown[] = Array.isArray(last?.content) ? last.content : [{ text: last?.content }];
  return parts
    .map((part) => (part as { text?: unknown } | null)?.text)
    .filter((text) => typeof text === 'string')
    .join('\n');
}

/** Looks at a body that has model, stream and messages as fields, as most formats do. */
export function lookAtBody(body: unknown): Look {
  const { model, stream } = (body ?? {}) as { model?: unknown; stream?: unknown };
  return { model: typeof model === 'string' ? model : null, stream: stream === true, text: textOfMessages(body) };
}

/**
 * Faults of a request from header `x-simulate`, model suffix and last user message; a later source wins over an
 * earlier one. Throws Failure `invalid` when one is not known or `played` does not have it, so that a typo never passes
 * for good behaviour.
 */
export function chooseFaults(
  exchange: Exchange,
  look: Look,
  { body, played, counter }: { body: unknown; played: readonly FaultName[]; counter: FaultCounter },
): ActiveFaults {
  const header = exchange.request.headers['x-simulate'];
  try {
    const asked = new Map([
      ...parseFaults(typeof header === 'string' ? header : '', ';'),
      ...(look.model === null ? [] : parseModel(look.model).faults),
      ...parseFaults(takeDirectives(look.text).asked, ';'),
    ]);
    for (const name of asked.keys()) {
      if (!played.includes(name)) throw new UnknownFault(`Fault '${name}' does not exist in this format.`);
    }
    const key = fingerprint(body ?? exchange.request.url ?? null);
    return new Map([...asked].filter(([name, fault]) => counter.hits(`${key}:${name}`, fault.times)));
  } catch (error) {
    if (error instanceof UnknownFault) throw new Failure('invalid', error.message, { param: 'x-simulate' });
    throw error;
  }
}
