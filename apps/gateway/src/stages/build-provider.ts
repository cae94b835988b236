import type { Exchange } from '../exchange.ts';
import { candidatesOf } from '../models/candidates.ts';
import { keysFull } from '../models/keys-full.ts';
import { prepareCall } from '../models/prepare.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';

/**
 * Chooses the models the call may be answered by, and prepares the call of the first that can be told all of it; those that
 * cannot are left out. Refuses, before anything is counted, when none is left: for the reason of the best.
 */
export function buildProvider(exchange: Exchange, ports: Ports): Refusal | null {
  const { model } = exchange;
  return model === null ? refusal('internal') : prepareFirst(exchange, ports, candidatesOf(exchange, model, ports));
}

/** The same among these models. Changes nothing of the exchange when it refuses. */
export function prepareFirst(exchange: Exchange, ports: Ports, candidates: readonly CompiledModel[]): Refusal | null {
  let reason: Refusal | null = null;
  for (let at = 0; at < candidates.length; at++) {
    const candidate = candidates[at] as (typeof candidates)[number];
    const { provider } = candidate;
    const key = ports.models.chooseKey(provider?.keys ?? [], [], ports.clock.nowMs(), Math.random);
    const refused = key === 'full' ? keysFull(ports, candidate) : prepareCall(exchange, ports, candidate, key);
    if (refused === null) {
      exchange.candidates = at === 0 ? candidates : candidates.slice(at);
      exchange.key = key === 'full' ? null : key;
      return null;
    }
    reason ??= refused;
  }
  return reason ?? refusal('model_not_found', { message: 'No model behind this name fits the call.', param: 'model' });
}
