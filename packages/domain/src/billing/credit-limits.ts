/** What is left of credit, by its ends (Unix ms); `null`: it has none. Nano-units. */
export interface CreditLeft {
  readonly expiresAtMs: number | null;
  readonly nano: bigint;
}

/** Up to when calls may begin (`null`: no end), and what all calls may be charged in total by then. */
export interface CreditLimit {
  readonly limitNano: bigint;
  readonly untilMs: number | null;
}

/** More ends than these are told of when the first have passed. */
const MOST_STEPS = 50;

/**
 * What calls may be charged in total, ever: what was charged already and what credit is left at that moment. It falls where credit
 * runs out, and stays as it is while credit pays: what was charged grows by as much as what is left shrinks.
 */
export function creditLimits(chargedNano: bigint, left: readonly CreditLeft[], nowMs: number): CreditLimit[] {
  const usable = left.filter(({ expiresAtMs, nano }) => nano > 0n && (expiresAtMs === null || expiresAtMs > nowMs));
  const ends = [...new Set(usable.flatMap(({ expiresAtMs }) => expiresAtMs ?? []))].sort((a, b) => a - b);
  const limitAt = (atMs: number): bigint =>
    usable.reduce(
      (sum, { expiresAtMs, nano }) => (expiresAtMs === null || expiresAtMs > atMs ? sum + nano : sum),
      chargedNano < 0n ? 0n : chargedNano,
    );
  const steps = ends.slice(0, MOST_STEPS);
  return [
    ...steps.map((untilMs, at) => ({ limitNano: limitAt(steps[at - 1] ?? nowMs), untilMs })),
    { limitNano: limitAt(steps.at(-1) ?? nowMs), untilMs: null },
  ];
}
