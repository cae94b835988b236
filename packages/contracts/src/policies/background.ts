import { z } from 'zod';

const count = (least: number, most: number, usual: number) =>
  z.number().int('A whole number.').min(least, `At least ${least}.`).max(most, `At most ${most}.`).default(usual);

/** Calls to models and prompts that are answered later (`Prefer: respond-async`): without the policy they are, as its defaults say. */
export const backgroundPolicy = z.strictObject({
  allow: z.boolean().default(true).describe('Callers may ask to be answered later'),
  maxWaiting: count(1, 10_000, 100).describe('Calls of one application that may wait at the same time'),
  maxRunning: count(1, 100, 4).describe(
    'Calls of one application that are answered in the background at the same time',
  ),
  maxRunMinutes: count(1, 120, 15).describe('Minutes after which an answer that has not ended is broken off'),
  tries: count(1, 10, 3).describe('How often a call is begun anew when the gateway that was at it stops'),
  keepHours: count(1, 168, 24).describe('Hours that a result is kept; no call waits longer than that for its turn'),
});
export type BackgroundPolicy = z.output<typeof backgroundPolicy>;
