import { expect, test } from '@playwright/test';
import pg from 'pg';
import { makeCaller } from '../../src/make-caller.ts';
import { poll } from '../../src/poll.ts';
import { running } from '../../src/running.ts';

test('a plan of N requests per window admits exactly N over all gateway processes', async () => {
  const gateways = Object.keys(running().pids).filter((name) => name.startsWith('gateway'));
  expect(gateways.length).toBeGreaterThanOrEqual(2);
  const limit = 250;
  const { apiKey, applicationSlug } = await makeCaller({ requests: limit, windowSeconds: 86_400 });
  // Many short connections, so that the kernel spreads them over the processes that share the port.
  let admitted = 0;
  let refused = 0;
  const call = async (): Promise<void> => {
    const response = await fetch(`${running().gatewayUrl}/aurora/parts/v1/parts`, {
      headers: { authorization: `Bearer ${apiKey}`, connection: 'close' },
    });
    await response.arrayBuffer();
    if (response.status === 200) admitted += 1;
    else if (response.status === 429) {
      refused += 1;
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    } else throw new Error(`unexpected status ${response.status}`);
  };
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 40 }, call));
  expect({ admitted, refused }).toEqual({ admitted: limit, refused: 800 - limit });
  const client = new pg.Client({ connectionString: running().databaseUrl });
  await client.connect();
  try {
    await poll('every process to have served and recorded its part', async () => {
      const { rows } = await client.query<{ node: string; admitted: number }>(
        `SELECT node, count(*) FILTER (WHERE status = 200)::int AS admitted FROM usage_events
         WHERE application_id = (SELECT id FROM applications WHERE slug = $1) GROUP BY node`,
        [applicationSlug],
      );
      return rows.length === gateways.length && rows.reduce((sum, row) => sum + row.admitted, 0) === limit;
    });
  } finally {
    await client.end();
  }
});
