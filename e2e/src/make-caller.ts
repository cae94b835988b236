import type { Limit } from '@parley/contracts/snapshot';
import { manage } from './management.ts';
import { poll } from './poll.ts';
import { running } from './running.ts';

let serial = 0;

/**
 * A plan of its own on the demo's REST API, and an application of the demo's publisher that holds it, with one key; made
 * by `apply`, as a user would. Answers when the gateway knows the key.
 */
export async function makeCaller(limit: Limit): Promise<{ apiKey: string; applicationSlug: string }> {
  const name = `e2e-${process.pid}-${++serial}`;
  const [parts] = (await manage<{ apis: { slug: string }[] }>('GET', '/export')).apis.filter(
    (api) => api.slug === 'parts',
  );
  const plan = { slug: name, name, limits: [limit], approval: 'auto' };
  const reply = await manage<{ keys: { secret: string }[] }>('POST', '/apply', {
    parley: 1,
    apis: [{ ...parts, plans: [plan] }],
    applications: [
      { slug: name, name, subscriptions: [{ api: 'aurora/parts', plan: name }], keys: [{ name: 'main' }] },
    ],
  });
  const apiKey = reply.keys[0]?.secret;
  if (!apiKey) throw new Error('apply made no key');
  await poll('the gateway to know the new key', async () => {
    // HEAD is not a route of the API: answered without touching the plan's counter.
    const response = await fetch(`${running().gatewayUrl}/aurora/parts/v1/no-such-path`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    await response.arrayBuffer();
    return response.status === 404;
  });
  return { apiKey, applicationSlug: name };
}
