import { policiesSchema } from '@parley/contracts/policies';
import { PRIORITY_CLASSES } from '@parley/contracts/policies/priority';
import { expect, it } from 'vitest';
import { summaryOf } from './summary.ts';

it('says in a sentence what each policy does with its defaults and otherwise', () => {
  const { ipAccess, idempotency, limits, cache } = policiesSchema.parse({
    limits: {
      rules: [
        { algorithm: 'gcra', amount: 100, burst: 20 },
        { algorithm: 'quota', amount: 1_000_000, what: 'requestBytes', scope: 'api', shadow: true },
      ],
    },
    ipAccess: { allow: ['192.0.2.0/24'] },
    cache: { defaultTtlSeconds: 60, staleIfErrorSeconds: 300 },
    idempotency: { required: true, ttlSeconds: 7200 },
  });
  for (const name of PRIORITY_CLASSES) expect(summaryOf('priority', { class: name })).toMatch(/overloaded/);
  expect(limits && summaryOf('limits', limits)).toBe(
    'At most 100 requests per minute evenly, 20 at once for each application. ' +
      'At most 1,000,000 bytes per calendar month for all callers together (only watched).',
  );
  expect(cache && summaryOf('cache', cache)).toBe(
    'Answers are kept for 1 minute unless they say otherwise, for each application by itself. ' +
      'When the upstream fails, outdated ones are given for 5 minutes.',
  );
  expect(ipAccess && summaryOf('ipAccess', ipAccess)).toBe('Only 192.0.2.0/24 may call.');
  expect(idempotency && summaryOf('idempotency', idempotency)).toBe(
    'POST and PATCH calls must carry an Idempotency-Key; repeats get the first answer for 2 hours.',
  );
});

it('says what becomes of calls that do not fit, where they are not refused', () => {
  const said = (limits: object): string => {
    const parsed = policiesSchema.parse({ limits }).limits;
    return parsed === undefined ? '' : summaryOf('limits', parsed);
  };
  expect(said({ whenShort: 'lowerOutput', rules: [] })).toBe(
    'A call that does not fit has its longest answer lowered until it does, to no less than 256 tokens.',
  );
  expect(said({ whenShort: 'cheaperModel', rules: [{ algorithm: 'quota', amount: 9, what: 'tokens' }] })).toMatch(
    /^At most 9 tokens per calendar month .*\. A call that does not fit goes to a cheaper model/,
  );
});

it('counts the times of brown-outs', () => {
  const from = '2027-03-01T09:00:00Z';
  const steps = [5, 9].map((percent) => ({ from, percent }));
  const { brownOuts } = policiesSchema.parse({
    brownOuts: { windows: [{ from, to: '2027-03-01T09:15:00Z' }], schedule: steps },
  });
  expect(brownOuts && summaryOf('brownOuts', brownOuts)).toBe(
    'Once the version is deprecated, calls are refused in one window and by a schedule of 2 steps.',
  );
});

it('tells the shares of a split, what decides and what is copied', () => {
  const { split } = policiesSchema.parse({
    split: {
      variants: [
        { name: 'stable', upstream: 'shop', weight: 9950 },
        { name: 'next', upstream: 'shop-next', weight: 50 },
      ],
      by: { on: 'cookie', name: 'session' },
      conditions: [{ variant: 'next', when: [{ in: 'header', name: 'x-preview', test: 'exists' }] }],
      mirror: { upstream: 'shadow', share: 1000 },
    },
  });
  expect(split && summaryOf('split', split)).toBe(
    'Calls go to stable 99.5 %, next 0.5 %, by the cookie session. One rule comes first. 10 % are copied to shadow.',
  );
});

it('tells of a canary', () => {
  const { split } = policiesSchema.parse({
    split: {
      variants: [
        { name: 'stable', upstream: 'shop', weight: 10_000 },
        { name: 'next', upstream: 'shop-next' },
      ],
      canary: { variant: 'next' },
    },
  });
  expect(split && summaryOf('split', split)).toContain(
    'next is brought in up to 50 % and taken back when it does badly.',
  );
});

it('says who signs an inbound webhook and what its calls count to', () => {
  const { inbound } = policiesSchema.parse({ inbound: { sender: { scheme: 'github' }, application: 'hooks' } });
  expect(inbound && summaryOf('inbound', inbound)).toBe(
    'Only calls signed by GitHub are taken, on the subscription of hooks; each delivery once within 3 days.',
  );
});

it('tells where calls are delivered and for how long that is tried', () => {
  const say = (deliver: object): string => {
    const parsed = policiesSchema.parse({ deliver }).deliver;
    return parsed ? summaryOf('deliver', parsed) : '';
  };
  expect(say({})).toBe(
    'POST, PUT, PATCH and DELETE calls are accepted with 202 and delivered later, in up to 10 tries over 3 days.',
  );
  expect(say({ to: ['billing', 'crm'], retryAfterSeconds: [] })).toBe(
    'POST, PUT, PATCH and DELETE calls are accepted with 202 and delivered later to billing, crm, in one try.',
  );
});
