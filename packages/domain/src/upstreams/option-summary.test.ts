import { upstreamOptionsSchema } from '@parley/contracts/upstream-options';
import { expect, it } from 'vitest';
import { optionSentences, optionSummary } from './option-summary.ts';
import { OPTION_GROUPS, OPTION_WORDS } from './option-words.ts';

it('says nothing of a plain target, and a sentence for each option', () => {
  expect(optionSentences({})).toEqual([]);
  const options = upstreamOptionsSchema.parse({
    targets: [{ url: 'orders-2.example.com:443', weight: 2 }, { url: 'https://orders.example.net' }],
    balance: { kind: 'hash', on: 'header', name: 'x-user' },
    passiveHealth: null,
    activeHealth: { path: '/health' },
    retries: {},
    breaker: {},
    fallback: { onStatuses: [502] },
    timeouts: { firstByteMs: 5000 },
  });
  expect(optionSentences(options)).toEqual([
    'Calls are spread over the base URL and 2 targets.',
    'Calls with the same header x-user go to the same target.',
    'Targets whose calls fail are not left out.',
    'Every target is asked GET /health every 10 s, and left out after 3 bad answers.',
    'A call is tried up to 3 times after a failed connection, a time-out or 502, 503, 504; retries are at most 20 % of the calls.',
    'When 50 % of at least 20 calls within 10 s fail, none is sent for 15 s.',
    'Without an answer, or with 502, callers get 503.',
    'The first byte must come within 5000 ms.',
  ]);
});

it('says where discovered targets come from', () => {
  const found = (discovery: object) => {
    const options = upstreamOptionsSchema.parse({ discovery });
    return options.discovery && optionSummary('discovery', options.discovery);
  };
  expect(found({ kind: 'dns' })).toContain('host name');
  expect(found({ kind: 'dnsSrv', name: '_http._tcp.x' })).toContain('_http._tcp.x');
  expect(found({ kind: 'consul', url: 'http://consul:8500', service: 'stock' })).toContain('stock in Consul');
  expect(found({ kind: 'kubernetes', url: 'https://k8s', service: 'stock' })).toContain('default/stock');
});

it('lists every option under one heading', () => {
  expect(OPTION_GROUPS.flatMap(({ options }) => options).toSorted()).toEqual(Object.keys(OPTION_WORDS).toSorted());
});
