import { expect, test } from '@playwright/test';
import pg from 'pg';
import { isAlive, kill } from '../../src/kill.ts';
import { makeCaller } from '../../src/make-caller.ts';
import { poll } from '../../src/poll.ts';
import { running } from '../../src/running.ts';

const CALLS = 10_000;
const AT_ONCE = 32;

test('ten thousand calls, a worker and a gateway killed midway: every answered call is recorded exactly once', async () => {
  const { apiKey } = await makeCaller({ requests: 1_000_000, windowSeconds: 86_400 });
  const answered: string[] = [];
  let broken = 0;
  let started = 0;
  const caller = async (): Promise<void> => {
    while (started < CALLS) {
      const turn = ++started;
      if (turn === Math.floor(CALLS * 0.3)) kill('worker');
      if (turn === Math.floor(CALLS * 0.6)) kill('gateway-1');
      try {
        const response = await fetch(`${running().gatewayUrl}/aurora/parts/v1/parts`, {
          headers: { authorization: `Bearer ${apiKey}` },
        });
        await response.arrayBuffer();
        if (response.status === 200) answered.push(response.headers.get('x-request-id') ?? '');
        else broken += 1;
      } catch {
        broken += 1; // cut off by the kill: not answered
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  expect(new Set(answered).size).toBe(answered.length);
  expect(answered.length).toBeGreaterThan(CALLS * 0.9);

  const client = new pg.Client({ connectionString: running().databaseUrl });
  await client.connect();
  try {
    const recorded = async (): Promise<number> => {
      const { rows } = await client.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM usage_events WHERE id = ANY($1::uuid[])',
        [answered],
      );
      return rows[0]?.count ?? 0;
    };
    await poll('every answered call in the ledger', async () => (await recorded()) >= answered.length, 90_000);
    const { rows } = await client.query(
      'SELECT id FROM usage_events WHERE id = ANY($1::uuid[]) GROUP BY id HAVING count(*) <> 1',
      [answered],
    );
    expect(rows).toEqual([]);
    expect(await recorded()).toBe(answered.length);
  } finally {
    await client.end();
  }
  test
    .info()
    .annotations.push({ type: 'figures', description: `${answered.length} answered, ${broken} cut off by the kills` });
  await poll('the killed children to be back', async () => {
    const { pids } = running();
    return ['worker', 'gateway-1'].every((name) => pids[name] && isAlive(pids[name]));
  });
});
