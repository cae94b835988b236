import { type BodyMapping, bodyMapping } from '@parley/contracts/policies/mapping';
import { NO_PARTY } from '@parley/domain/expressions/party-facts';
import type { MappingFacts } from '@parley/domain/mapping/facts';
import { afterAll, expect, it } from 'vitest';
import { Mapper } from './mapper.ts';

const mapper = new Mapper(1);
afterAll(() => mapper.close());

const FACTS: MappingFacts = {
  request: { id: 'r', method: 'POST', path: '/x', headers: { 'x-a': 'b' }, query: {}, params: {} },
  caller: { application: 'a', tenant: 't', subject: '', scopes: [] },
  party: NO_PARTY,
  plan: 'free',
  api: 'orders',
  version: 'v1',
  route: '/x',
};

async function run(
  mapping: Partial<BodyMapping>,
  body: string,
  who: { tenantId?: string; applicationId?: string } = {},
): Promise<unknown> {
  const call = { tenantId: 't', applicationId: 'a', charset: '', facts: FACTS, ...who };
  const outcome = await mapper.map({ ...call, mapping: bodyMapping.parse(mapping), body: Buffer.from(body) });
  return outcome.ok ? Buffer.from(outcome.bytes).toString() : outcome.code;
}

it('maps by expressions, with what is known of the call', async () => {
  expect(await run({ map: '{"n": n + 1, "a": $request.headers.`x-a`, "plan": $plan}' }, '{"n":1}')).toBe(
    '{"n":2,"a":"b","plan":"free"}',
  );
  expect(await run({ from: 'json', to: 'xml' }, '{"a":{"b":["1","2"]}}')).toContain('<a><b>1</b><b>2</b></a>');
});

it('keeps the event loop free while an expression runs for ever, and stops it in its time', async () => {
  await run({ map: '1' }, '{}');
  const startedAt = performance.now();
  let longest = 0;
  let last = startedAt;
  const watch = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  expect(await run({ map: '($f := function($x){$f($x)}; $f(1))', timeoutMs: 200 }, '{}')).toBe('slow');
  clearInterval(watch);
  expect(performance.now() - startedAt).toBeGreaterThan(190);
  expect(longest).toBeLessThan(100);
});

it('ends a thread whose expression no clock stops, does so once for its caller, and goes on for others', async () => {
  // One built-in function that works for a long time on its own: it compares all with all.
  const endless = { map: '$count($distinct($))', timeoutMs: 100 };
  const list = JSON.stringify(Array.from({ length: 60_000 }, (_, at) => ({ at })));
  expect(await run(endless, list, { applicationId: 'bad' })).toBe('slow');
  const startedAt = performance.now();
  expect(await run(endless, list, { applicationId: 'bad' })).toBe('slow');
  expect(performance.now() - startedAt).toBeLessThan(200);
  expect(await run({ map: 'a' }, '{"a":1}', { applicationId: 'bad' })).toBe('1');
});

it('fails only the mapping that fills its memory', async () => {
  const map = '$map([1..100000], function($i){ $pad("x", 100000) & $string($i) }) ~> $string() ~> $length()';
  const outcomes = await Promise.all([
    run({ map, timeoutMs: 1000 }, '{}', { applicationId: 'greedy' }),
    run({ map: 'a' }, '{"a":2}', { tenantId: 'other' }),
  ]);
  expect(['slow', 'large', 'failed']).toContain(outcomes[0]);
  expect(outcomes[1]).toBe('2');
});

it.each([
  ['(function(){}).constructor("return 1")()'],
  ['$map.constructor'],
  ['$toMillis.implementation'],
  ['$$.`__proto__`.constructor'],
  ['$lookup($$, "constructor")'],
  ['$request.constructor'],
  ['$now.implementation.constructor("return process")()'],
])('reaches nothing of its host by %s', async (map) => {
  expect(await run({ map }, '{}')).toBe('failed');
});

it('gives tenants their turns, and refuses what would wait too long', async () => {
  const order: string[] = [];
  const slow = { map: '$sum([1..20000].($*2))' };
  const many = Array.from({ length: 20 }, () => run(slow, '{}', { tenantId: 'busy' }).then(() => order.push('busy')));
  await run({ map: '1' }, '{}', { tenantId: 'calm' }).then(() => order.push('calm'));
  expect(order.indexOf('calm')).toBeLessThan(3);
  await Promise.all(many);
  const crowd = await Promise.all(Array.from({ length: 250 }, () => run({ map: '1' }, '{}', { tenantId: 'crowd' })));
  expect(crowd.filter((outcome) => outcome === 'busy').length).toBeGreaterThan(40);
});
