import { newId } from '@parley/kernel/id';
import { expect, it } from 'vitest';
import type { Ports } from '../ports/ports.ts';
import { beyondPace } from './own-pace.ts';

it('takes 600 of each kind from each application in a minute, and then says how it stands', () => {
  let nowMs = 60_000;
  const ports = { clock: { nowMs: () => nowMs } } as Ports;
  const [one, other] = [newId(), newId()];
  for (let asked = 0; asked < 600; asked++) expect(beyondPace(ports, 'party-tokens', one)).toBeNull();
  const refused = beyondPace(ports, 'party-tokens', one);
  expect(refused).toMatchObject({ code: 'rate_limited', status: 429 });
  expect(refused?.details).toMatchObject({
    retryAfterSeconds: 60,
    limit: { limit_source: 'application', limit_name: 'party-tokens-60s' },
  });
  expect(beyondPace(ports, 'sessions', one)).toBeNull();
  expect(beyondPace(ports, 'party-tokens', other)).toBeNull();
  nowMs += 60_000;
  expect(beyondPace(ports, 'party-tokens', one)).toBeNull();
});
