import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';
import type { TryFailure } from './failure.ts';

const LONGEST_WAIT_MS = 60_000;

function waitMs({ models, clock }: Ports, { provider }: CompiledModel): number {
  const nowMs = clock.nowMs();
  return Math.min(LONGEST_WAIT_MS, models.roomAtMs(provider?.keys ?? [], nowMs) - nowMs);
}

/** Every key of the model's provider is at its limits: when there is room again is said with it. */
export function keysFull(ports: Ports, model: CompiledModel): Refusal {
  const seconds = Math.ceil(waitMs(ports, model) / 1000);
  return refusal('upstream_rate_limited', { retryAfterSeconds: Math.max(1, seconds) });
}

/** The same for a key that was used up between its choice and its use; another may have room. */
export function keyFull(ports: Ports, model: CompiledModel): TryFailure {
  return { kind: 'rate_limit', refusal: keysFull(ports, model), retryAfterMs: Math.max(1, waitMs(ports, model)) };
}
