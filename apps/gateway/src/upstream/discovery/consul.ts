import type { ConsulDiscovery } from '@parley/contracts/upstream-options';
import { z } from 'zod';
import { readText } from '../http1/ask.ts';
import type { Outbound } from '../outbound.ts';
import type { Round } from './discovery.ts';

/** What we read of `GET /v1/health/service/:service` (Consul's HTTP API). */
const entries = z.array(
  z.object({
    Node: z.object({ Address: z.string() }),
    Service: z.object({
      Address: z.string().default(''),
      Port: z.number().int().min(0).max(65_535),
      Weights: z.object({ Passing: z.number().int() }).optional(),
    }),
  }),
);

/**
 * Passing instances of a Consul service, by blocking queries: each waits at the agent until something changes. The index
 * starts anew when it goes backwards, as Consul's documentation asks.
 */
export function consulRound(options: ConsulDiscovery, token: string | null, outbound: Outbound): Round {
  let index = 0;
  const url = new URL(`${options.url.replace(/\/+$/, '')}/v1/health/service/${encodeURIComponent(options.service)}`);
  url.searchParams.set('passing', 'true');
  if (options.tag !== undefined) url.searchParams.set('tag', options.tag);
  if (options.datacenter !== undefined) url.searchParams.set('dc', options.datacenter);
  return async (report, signal) => {
    if (index > 0) {
      url.searchParams.set('index', String(index));
      url.searchParams.set('wait', `${options.waitSeconds}s`);
    } else {
      url.searchParams.delete('index');
      url.searchParams.delete('wait');
    }
    const { status, headers, body } = await outbound.ask({
      url,
      signal,
      headers: ['accept', 'application/json', ...(token === null ? [] : ['x-consul-token', token])],
    });
    const text = await readText(body);
    if (status !== 200) {
      index = 0;
      throw new Error(`Consul answered ${status}`);
    }
    const found = entries.parse(JSON.parse(text));
    report(
      found.map(({ Node, Service }) => ({
        host: Service.Address === '' ? Node.Address : Service.Address,
        port: Service.Port,
        weight: Math.max(1, Service.Weights?.Passing ?? 1),
        priority: 0,
      })),
    );
    const next = Number(headers['x-consul-index']);
    index = Number.isFinite(next) && next >= index ? Math.max(1, next) : 0;
    return 0;
  };
}
