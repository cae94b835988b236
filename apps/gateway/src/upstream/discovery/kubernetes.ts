import type { Readable } from 'node:stream';
import type { KubernetesDiscovery } from '@parley/contracts/upstream-options';
import { z } from 'zod';
import { readText } from '../http1/ask.ts';
import type { Outbound } from '../outbound.ts';
import type { Found, Round } from './discovery.ts';

const slice = z.object({
  metadata: z.object({ name: z.string(), resourceVersion: z.string() }),
  ports: z.array(z.object({ name: z.string().nullish(), port: z.number().int().nullish() })).nullish(),
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()),
        conditions: z.object({ ready: z.boolean().nullish() }).nullish(),
      }),
    )
    .nullish(),
});
type Slice = z.output<typeof slice>;
const list = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(slice) });
const watchEvent = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: slice }),
  z.object({
    type: z.literal('BOOKMARK'),
    object: z.object({ metadata: z.object({ resourceVersion: z.string() }) }),
  }),
  z.object({
    type: z.literal('ERROR'),
    object: z.object({ code: z.number().optional(), message: z.string().optional() }),
  }),
]);

/** The server ends a watch after this time, and the next goes on from the same place. */
const WATCH_SECONDS = 240;
const MAX_LINE = 4 * 1024 * 1024;

/**
 * Ready endpoints of a Kubernetes service from its EndpointSlices (discovery.k8s.io/v1): one list, then a watch that goes
 * on from the list's resource version; a version too old (410) leads back to a list.
 */
export function kubernetesRound(options: KubernetesDiscovery, token: string | null, outbound: Outbound): Round {
  const url = new URL(
    `${options.url.replace(/\/+$/, '')}/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(options.namespace)}/endpointslices`,
  );
  url.searchParams.set('labelSelector', `kubernetes.io/service-name=${options.service}`);
  const slices = new Map<string, Slice>();
  let version: string | null = null;

  async function get(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Readable> {
    const at = new URL(url);
    for (const [name, value] of Object.entries(query)) at.searchParams.set(name, value);
    const { status, body } = await outbound.ask({
      url: at,
      signal,
      headers: ['accept', 'application/json', ...(token === null ? [] : ['authorization', `Bearer ${token}`])],
    });
    if (status === 200) return body;
    body.destroy();
    if (status === 410) version = null;
    throw new Error(`Kubernetes answered ${status}`);
  }

  /** Takes one event of a watch in; true when the endpoints may be others now. */
  function take(line: string): boolean {
    const event = watchEvent.parse(JSON.parse(line));
    if (event.type === 'ERROR') {
      version = null;
      throw new Error(`the watch ended: ${event.object.code ?? ''} ${event.object.message ?? ''}`);
    }
    version = event.object.metadata.resourceVersion;
    if (event.type === 'BOOKMARK') return false;
    if (event.type === 'DELETED') slices.delete(event.object.metadata.name);
    else slices.set(event.object.metadata.name, event.object);
    return true;
  }

  return async (report, signal) => {
    if (version === null) {
      const body = await get({}, signal);
      const found = list.parse(JSON.parse(await readText(body)));
      slices.clear();
      for (const item of found.items) slices.set(item.metadata.name, item);
      version = found.metadata.resourceVersion;
      report(endpointsOf(slices.values(), options.port));
      return 0;
    }
    const body = await get(
      { watch: '1', allowWatchBookmarks: 'true', resourceVersion: version, timeoutSeconds: String(WATCH_SECONDS) },
      signal,
    );
    for await (const line of lines(body)) if (take(line)) report(endpointsOf(slices.values(), options.port));
    return 0;
  };
}

/** Addresses of the endpoints that are ready (an unknown state counts as ready), each once, at the named port or the first. */
function endpointsOf(slices: Iterable<Slice>, wanted: string | undefined): Found[] {
  const found = new Map<string, Found>();
  for (const { ports, endpoints } of slices) {
    const match = (ports ?? []).find(
      ({ name, port }) => wanted === undefined || name === wanted || String(port) === wanted,
    );
    const port = match?.port;
    if (typeof port !== 'number') continue;
    for (const { addresses, conditions } of endpoints ?? []) {
      // All addresses of an endpoint are the same place; Kubernetes writes one.
      const [host] = addresses;
      if (host === undefined || conditions?.ready === false) continue;
      found.set(`${host} ${port}`, { host, port, weight: 1, priority: 0 });
    }
  }
  return [...found.values()];
}

async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end).trim();
      rest = rest.slice(end + 1);
      if (line !== '') yield line;
    }
    if (rest.length > MAX_LINE) throw new Error('an event of the watch is too large');
  }
}
