import type { UsageEvent } from './usage-event.ts';

/**
 * Usage events as lines of text, each line JSON by itself, so that a line torn by a crash spoils no other:
 *
 * - `[number, {…}]` what calls have in common (whose key, which route, which model), once for all that follow;
 * - `[number, other, {…}]` the same, where it differs from another's only in this: another key's calls to the same route;
 * - `[number, id, path, …, {…}]` a call: the number of what it has in common, its own figures in the order of `OWN`, and
 *   last, where there is any, what is not as usual;
 * - `{…}` a whole event, as gateways of earlier releases wrote them.
 */

/** What is the same for most calls of one key to one route. */
const COMMON = [
  'tenantId',
  'consumerTenantId',
  'applicationId',
  'keyId',
  'subscriptionId',
  'planId',
  'apiId',
  'apiVersionId',
  'routeId',
  'promptVersionId',
  'kind',
  'method',
  'model',
  'providerId',
  'providerModel',
  'stream',
  'usageSource',
  'currency',
  'priceId',
  'variant',
  'node',
] as const satisfies readonly (keyof UsageEvent)[];

/** What every call has of its own. */
const OWN = [
  'id',
  'path',
  'status',
  'durationUs',
  'upstreamUs',
  'requestBytes',
  'responseBytes',
  'attempts',
] as const satisfies readonly (keyof UsageEvent)[];

/** The rest, as it is with most calls. A new field of events has to find its place here or above to compile. */
type Rare = Exclude<keyof UsageEvent, (typeof COMMON)[number] | (typeof OWN)[number]>;
const USUAL: { readonly [Name in Rare]-?: UsageEvent[Name] | undefined } = {
  code: null,
  abortedBy: 'none',
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteInputTokens: undefined,
  cacheWrite1hInputTokens: undefined,
  audioInputTokens: undefined,
  cachedAudioInputTokens: undefined,
  audioOutputTokens: undefined,
  imageInputTokens: undefined,
  cachedImageInputTokens: undefined,
  imageOutputTokens: undefined,
  images: undefined,
  imageClass: undefined,
  audioMs: undefined,
  characters: undefined,
  searchUnits: undefined,
  pages: undefined,
  ratePercent: undefined,
  finishReason: undefined,
  outputTokens: 0,
  reasoningTokens: 0,
  costNano: '0',
  ttftUs: null,
  cache: undefined,
  outputCheck: undefined,
  guard: undefined,
  knowledge: undefined,
  sessionId: undefined,
  endUser: undefined,
  tags: undefined,
  party: undefined,
  limit: undefined,
  leftUs: undefined,
  messages: undefined,
  tries: undefined,
  meaningRoute: undefined,
  semantic: undefined,
  purpose: undefined,
  parentId: undefined,
};
const RARE = Object.keys(USUAL) as Rare[];

function sameCommon(a: UsageEvent, b: UsageEvent): boolean {
  for (const name of COMMON) if (a[name] !== b[name]) return false;
  return true;
}

interface Common {
  readonly number: number;
  /** An event that has it. */
  readonly example: UsageEvent;
}

/** What differs from `base`; `null` where it lacks a value that `base` has, which JSON could not say. */
function difference(base: UsageEvent, event: UsageEvent): Record<string, unknown> | null {
  const changed: Record<string, unknown> = {};
  for (const name of COMMON) {
    if (base[name] === event[name]) continue;
    if (event[name] === undefined) return null;
    changed[name] = event[name];
  }
  return changed;
}

/** Writes the lines of one segment: what is read together. */
export class UsageLineWriter {
  events = 0;
  /** What was written already, by key. */
  readonly #known = new Map<string, Common[]>();
  /** What was written first for each route, or for each version where there are none. */
  readonly #ofRoute = new Map<string | null, Common>();
  #count = 0;

  /** The line of an event, before it where it is new the line of what it has in common with others. */
  lineOf(event: UsageEvent): string {
    this.events++;
    const ofKey = this.#known.get(event.keyId);
    if (ofKey !== undefined) {
      for (const { number, example } of ofKey) if (sameCommon(example, event)) return callLine(number, event);
    }
    const common = { number: this.#count++, example: event };
    if (ofKey === undefined) this.#known.set(event.keyId, [common]);
    else ofKey.push(common);
    return `${this.#commonLine(common)}${callLine(common.number, event)}`;
  }

  #commonLine(common: Common): string {
    const { number, example: event } = common;
    const route = event.routeId ?? event.apiVersionId;
    const base = this.#ofRoute.get(route);
    const changed = base === undefined ? null : difference(base.example, event);
    if (base !== undefined && changed !== null) return `${JSON.stringify([number, base.number, changed])}\n`;
    if (base === undefined) this.#ofRoute.set(route, common);
    return `${JSON.stringify([number, Object.fromEntries(COMMON.map((name) => [name, event[name]]))])}\n`;
  }
}

function callLine(number: number, event: UsageEvent): string {
  const { id, path, status, durationUs, upstreamUs, requestBytes, responseBytes, attempts } = event;
  const own = [number, id, path, status, durationUs, upstreamUs, requestBytes, responseBytes, attempts];
  const rare = rareOf(event);
  return `${JSON.stringify(rare === null ? own : [...own, rare])}\n`;
}

function rareOf(event: UsageEvent): Record<string, unknown> | null {
  let rare: Record<string, unknown> | null = null;
  for (const name of RARE) {
    if (event[name] === USUAL[name]) continue;
    rare ??= {};
    rare[name] = event[name];
  }
  return rare;
}

/** Usage events as gateways wrote them, and how many lines were none (torn by a crash in the middle of a write). */
export interface UsageLines {
  /** Not checked against the contract yet. */
  readonly events: unknown[];
  readonly torn: number;
}

/** Reads the lines of one segment. Never throws. */
export function readUsageLines(text: string): UsageLines {
  const events: unknown[] = [];
  const common = new Map<unknown, object>();
  let torn = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const event = readLine(line, common);
    if (event === null) torn++;
    else if (event !== undefined) events.push(event);
  }
  return { events, torn };
}

/** An event, `undefined` for a line that is none by itself, `null` for a torn one. */
function readLine(line: string, common: Map<unknown, object>): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  if (!Array.isArray(parsed)) return parsed;
  const [number, ...rest] = parsed as unknown[];
  const shared = rest.length <= 2 ? rest.at(-1) : undefined;
  if (typeof shared === 'object' && shared !== null) {
    const base = rest.length === 1 ? {} : common.get(rest[0]);
    if (base === undefined) return null;
    common.set(number, { ...base, ...shared });
    return undefined;
  }
  const known = common.get(number);
  if (known === undefined || rest.length < OWN.length) return null;
  const own = Object.fromEntries(OWN.map((name, i) => [name, rest[i]]));
  return { ...USUAL, ...known, ...own, ...(rest[OWN.length] as object | undefined) };
}
