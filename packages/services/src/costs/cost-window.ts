import type { Transaction } from '@parley/db/client';
import { openWindow, type RangeInput, type Window } from '../usage/window.ts';

const HOUR_MS = 3_600_000;

/**
 * The window of a range for costs, which are kept by hours: whole hours or days that hold all of it. Throws `invalid_input` for a
 * range that cannot be.
 */
export async function openCostWindow(tx: Transaction, input: RangeInput): Promise<Window> {
  const window = await openWindow(tx, { ...input, range: input.range === '1h' ? '6h' : input.range });
  if (window.step !== 'minute') return window;
  const fromMs = Math.floor(window.fromMs / HOUR_MS) * HOUR_MS;
  const toMs = Math.ceil(window.toMs / HOUR_MS) * HOUR_MS;
  const startsMs = Array.from({ length: (toMs - fromMs) / HOUR_MS }, (_, i) => fromMs + i * HOUR_MS);
  return { step: 'hour', timeZone: window.timeZone, startsMs, fromMs, toMs };
}
