import { type UsageEvent, usageEventSchema } from '@parley/contracts/usage-event';
import { idTimeMs, isId } from '@parley/kernel/id';

const DAY_MS = 86_400_000;
/** A gateway's spool may have waited for a long outage; older ids are not believed. */
const OLDEST_MS = 400 * DAY_MS;
/** Clocks differ. */
const NEWEST_MS = DAY_MS;
const INT_MAX = 2_147_483_647;
const SMALLINT_MAX = 32_767;

/** An event that cannot be stored, and why. */
export interface RefusedEvent {
  readonly raw: unknown;
  readonly tenantId: string | null;
  readonly reason: string;
}

export interface CheckedEvents {
  readonly good: UsageEvent[];
  readonly refused: RefusedEvent[];
}

/** Tells events that can be stored from those that cannot, each by itself. */
export function checkEvents(raws: readonly unknown[], nowMs: number): CheckedEvents {
  const good: UsageEvent[] = [];
  const refused: RefusedEvent[] = [];
  for (const raw of raws) {
    const parsed = usageEventSchema.safeParse(raw);
    const reason = parsed.success
      ? whyNotStorable(parsed.data, nowMs)
      : parsed.error.issues.map((issue) => `${issue.path.join('.') || 'event'}: ${issue.message}`).join('; ');
    if (parsed.success && reason === null) good.push(parsed.data);
    else refused.push({ raw, tenantId: tenantIdOf(raw), reason: reason ?? '' });
  }
  return { good, refused };
}

/** What the columns and their checks ask beyond the contract; `null` when the event can be stored. */
function whyNotStorable(event: UsageEvent, nowMs: number): string | null {
  if (event.id[14] !== '7') return 'id: it is not a UUIDv7, so the day of the call is unknown';
  const atMs = idTimeMs(event.id);
  if (atMs < nowMs - OLDEST_MS) return 'id: the call is more than 400 days old';
  if (atMs > nowMs + NEWEST_MS) return 'id: the call lies more than a day in the future';
  if (event.inputTokens > INT_MAX || event.outputTokens > INT_MAX) return 'tokens: more than a call can have';
  if (event.cachedInputTokens > event.inputTokens) return 'cachedInputTokens: more than inputTokens';
  const written = event.cacheWriteInputTokens ?? 0;
  if (event.cachedInputTokens + written > event.inputTokens) return 'cacheWriteInputTokens: more than inputTokens';
  if ((event.cacheWrite1hInputTokens ?? 0) > written) return 'cacheWrite1hInputTokens: more than cacheWriteInputTokens';
  const wrong = whyNotMedia(event) ?? whyNotUnits(event);
  if (wrong !== null) return wrong;
  if (event.reasoningTokens > event.outputTokens) return 'reasoningTokens: more than outputTokens';
  if (event.attempts > SMALLINT_MAX) return 'attempts: more than a call can have';
  return null;
}

/** Sound and pictures are part of what was read and written. */
function whyNotMedia(event: UsageEvent): string | null {
  for (const kind of ['audio', 'image'] as const) {
    const input = event[`${kind}InputTokens`] ?? 0;
    if (input > event.inputTokens) return `${kind}InputTokens: more than inputTokens`;
    const name = kind === 'audio' ? 'cachedAudioInputTokens' : 'cachedImageInputTokens';
    if ((event[name] ?? 0) > Math.min(event.cachedInputTokens, input)) {
      return `${name}: more than cachedInputTokens or ${kind}InputTokens`;
    }
    if ((event[`${kind}OutputTokens`] ?? 0) > event.outputTokens) return `${kind}OutputTokens: more than outputTokens`;
  }
  return null;
}

const UNITS = ['images', 'audioMs', 'characters', 'searchUnits', 'pages'] as const;

function whyNotUnits(event: UsageEvent): string | null {
  const most = UNITS.find((unit) => (event[unit] ?? 0) > INT_MAX);
  return most === undefined ? null : `${most}: more than a call can have`;
}

function tenantIdOf(raw: unknown): string | null {
  if (typeof raw !== 'object' || raw === null || !('tenantId' in raw)) return null;
  return typeof raw.tenantId === 'string' && isId(raw.tenantId) ? raw.tenantId : null;
}
