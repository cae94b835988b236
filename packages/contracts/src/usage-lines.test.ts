import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ABORTED_BY,
  CACHE_USES,
  TRY_OUTCOMES,
  TRY_REASONS,
  type TryRecord,
  USAGE_KINDS,
  USAGE_SOURCES,
  type UsageEvent,
  usageEventSchema,
} from './usage-event.ts';
import { readUsageLines, UsageLineWriter } from './usage-lines.ts';

const id = fc.uuid();
/** Few, so that events have them in common. */
const few = fc.integer({ min: 1, max: 3 }).map((n) => `00000000-0000-4000-8000-00000000000${n}`);
const fewOrNone = fc.option(few);
const count = fc.nat();
const oneTry: fc.Arbitrary<TryRecord> = fc.record({
  reason: fc.constantFrom(...TRY_REASONS),
  outcome: fc.constantFrom(...TRY_OUTCOMES),
  model: fc.constantFrom('fast', 'slow'),
  providerId: fewOrNone,
  keyId: fewOrNone,
  atMs: count,
  durationMs: count,
  firstTokenMs: fc.option(count),
  status: fc.option(fc.integer({ min: 100, max: 599 })),
});
const event: fc.Arbitrary<UsageEvent> = fc
  .record({
    id,
    tenantId: few,
    consumerTenantId: few,
    applicationId: few,
    keyId: few,
    subscriptionId: fewOrNone,
    planId: fewOrNone,
    apiId: fewOrNone,
    apiVersionId: fewOrNone,
    routeId: fewOrNone,
    promptVersionId: fewOrNone,
    kind: fc.constantFrom(...USAGE_KINDS),
    method: fc.constantFrom('GET', 'POST'),
    path: fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `/${text.toWellFormed()}`),
    status: fc.integer({ min: 100, max: 599 }),
    code: fc.option(fc.string({ maxLength: 20 })),
    model: fc.option(fc.constant('fast')),
    providerId: fewOrNone,
    providerModel: fc.option(fc.constantFrom('a', 'b "quoted"')),
    stream: fc.boolean(),
    abortedBy: fc.constantFrom(...ABORTED_BY),
    usageSource: fc.constantFrom(...USAGE_SOURCES),
    inputTokens: count,
    cachedInputTokens: count,
    outputTokens: count,
    reasoningTokens: count,
    costNano: fc.nat().map(String),
    currency: fc.constantFrom('USD', 'EUR'),
    priceId: fewOrNone,
    durationUs: count,
    upstreamUs: count,
    ttftUs: fc.option(count),
    requestBytes: count,
    responseBytes: count,
    attempts: count,
    tries: fc.option(fc.array(oneTry, { minLength: 1, maxLength: 12 }), { nil: undefined }),
    cache: fc.option(fc.constantFrom(...CACHE_USES), { nil: undefined }),
    variant: fc.option(fc.constantFrom('blue', 'green'), { nil: undefined }),
    messages: fc.option(fc.record({ in: count, out: count }), { nil: undefined }),
    node: fc.constant('n1'),
  })
  .map((all) => all);

function write(events: readonly UsageEvent[]): string[] {
  const writer = new UsageLineWriter();
  return events.map((one) => writer.lineOf(one));
}

const [sample] = fc.sample(event, { numRuns: 1, seed: 7 });
const usual: UsageEvent = {
  ...(sample as UsageEvent),
  path: '/a/b/v1/x',
  cache: undefined,
  tries: undefined,
  messages: undefined,
  code: null,
  ttftUs: null,
};

describe('usage lines', () => {
  it('are read as the events that were written, each of them good', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const read = readUsageLines(write(events).join(''));
        expect(read).toEqual({ events, torn: 0 });
        for (const one of read.events) expect(usageEventSchema.parse(one)).toEqual(one);
      }),
    );
  });

  it('tell what calls have in common once', () => {
    const [first = '', second = ''] = write([usual, { ...usual, durationUs: 5 }]);
    expect([first.split('\n').length, second.split('\n').length]).toEqual([3, 2]);
    expect(second.length).toBeLessThan(200);
    expect(second).not.toContain(usual.tenantId);
  });

  it('tell of another key only what is its own', () => {
    const keys = Array.from({ length: 50 }, (_, at) => `11111111-0000-4000-8000-${String(at).padStart(12, '0')}`);
    const events = keys.map((keyId) => ({ ...usual, keyId }));
    const lines = write(events);
    for (const line of lines.slice(1)) {
      expect(line.length).toBeLessThan(300);
      expect(line).not.toContain(usual.tenantId);
    }
    expect(readUsageLines(lines.join(''))).toEqual({ events, torn: 0 });
    // Without the line they refer to they are nothing.
    expect(readUsageLines(lines.slice(1).join(''))).toEqual({ events: [], torn: 98 });
  });

  it('are read beside whole events, as earlier releases wrote them', () => {
    const [other = ''] = write([usual]);
    const { events, torn } = readUsageLines(`${JSON.stringify(sample)}\n${other}${JSON.stringify(usual)}\n`);
    expect({ events, torn }).toEqual({ events: [sample, usual, usual], torn: 0 });
  });

  it('lose no more than the last when they are torn, wherever that happens', () => {
    const events = [usual, { ...usual, status: 201 }, { ...usual, keyId: usual.id, status: 202 }];
    const lines = write(events);
    const text = lines.join('');
    const before = lines.slice(0, 2).join('').length;
    for (let at = before; at < text.length; at++) {
      const read = readUsageLines(text.slice(0, at));
      // Without its line break the last line may be whole all the same.
      expect(read.events.slice(0, 2)).toEqual(events.slice(0, 2));
      expect(read.torn + read.events.length).toBeLessThanOrEqual(3);
    }
    // A write that failed half way is repeated as a whole on a new line.
    expect(readUsageLines(`${text.slice(0, before + 40)}\n${lines[2]}`)).toEqual({ events, torn: 1 });
  });

  it('that make no sense are counted as torn, and none throws', () => {
    expect(readUsageLines('[0]\n[]\n[7,"x"]\n[1,2,3,4,5,6,7,8,9]\nx\n[\n')).toEqual({ events: [], torn: 6 });
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 5 }), (lines) => {
        expect(() => readUsageLines(lines.join('\n'))).not.toThrow();
      }),
    );
  });
});
