import { ApiError } from './api-error.ts';
import { askedInMessages } from './chat.ts';
import type { Exchange } from './exchange.ts';
import { type ActiveFaults, parseFaults, UnknownFault } from './faults.ts';
import { parseModel } from './models.ts';
import { fingerprint } from './seeded.ts';

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

/**
 * Faults of a request from header `x-simulate`, model suffix and last user message; a later source wins over an
 * earlier one. Throws ApiError 400 when one is not known, so that a typo never passes for good behaviour.
 */
export function chooseFaults(exchange: Exchange, body: unknown, counter: FaultCounter): ActiveFaults {
  const header = exchange.request.headers['x-simulate'];
  const model = (body as { model?: unknown } | null)?.model;
  try {
    const asked = new Map([
      ...parseFaults(typeof header === 'string' ? header : '', ';'),
      ...(typeof model === 'string' ? parseModel(model).faults : []),
      ...parseFaults(askedInMessages(body), ';'),
    ]);
    const key = fingerprint(body ?? exchange.request.url ?? null);
    return new Map([...asked].filter(([name, fault]) => counter.hits(`${key}:${name}`, fault.times)));
  } catch (error) {
    if (error instanceof UnknownFault) throw new ApiError(400, error.message, { param: 'x-simulate' });
    throw error;
  }
}
