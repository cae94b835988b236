import type { IncomingHttpHeaders } from 'node:http';

/** A key whose budget is spent until nobody says when rests this long, and never longer than the other. */
const UNSAID_MS = 5000;
const LONGEST_MS = 300_000;

/** Headers that tell what is left of a budget, with those that tell when it is whole again. */
const BUDGETS: readonly (readonly [left: string, reset: string])[] = [
  ['x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  ['x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
  ['anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-requests-reset'],
  ['anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-tokens-reset'],
  ['anthropic-ratelimit-input-tokens-remaining', 'anthropic-ratelimit-input-tokens-reset'],
  ['anthropic-ratelimit-output-tokens-remaining', 'anthropic-ratelimit-output-tokens-reset'],
];

const DURATION = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/** Milliseconds from now of `6m0s`, `120ms`, `1.5` (seconds) or a date (RFC 3339). */
function msUntil(text: string, nowMs: number): number {
  const found = text === '' ? null : DURATION.exec(text);
  if (found) {
    const [hours = 0, minutes = 0, seconds = 0, ms = 0] = found.slice(1).map((part) => Number(part ?? 0));
    return hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + ms;
  }
  const seconds = Number(text);
  return Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - nowMs;
}

/** Until when a provider's answer says that nothing is left of a key's budget, in Unix milliseconds; 0 where something is. */
export function spentUntilMs(headers: IncomingHttpHeaders, nowMs: number): number {
  let until = 0;
  for (const [left, reset] of BUDGETS) {
    if (headers[left] !== '0') continue;
    const ms = msUntil(String(headers[reset] ?? ''), nowMs);
    until = Math.max(until, nowMs + (ms > 0 ? Math.min(ms, LONGEST_MS) : UNSAID_MS));
  }
  return until;
}
