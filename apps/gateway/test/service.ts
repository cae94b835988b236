import type { UpstreamSnapshot } from '@parley/contracts/snapshot';
import type { UpstreamOptionsInput } from '@parley/contracts/upstream-options';
import { newId } from '@parley/kernel/id';
import { api, apiKey, application, type Publisher, publisher, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import type { World } from './world.ts';

export interface Service {
  readonly pub: Publisher;
  call(
    path?: string,
    init?: { method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal },
  ): Promise<Response>;
}

/** A REST API whose upstream has this base URL and these options; `/users/{user}` and everything else. */
export async function serviceAt(
  world: World,
  baseUrl: string,
  options: UpstreamOptionsInput | Record<string, unknown>,
  more: Partial<UpstreamSnapshot> = {},
): Promise<Service> {
  const pub = publisher(`pool-${newId().slice(-8)}`);
  const target = upstream(pub, baseUrl, { options, ...more });
  const route = (path: string) => ({
    id: newId(),
    method: '*' as const,
    path,
    upstreamId: target.id,
    upstreamPath: null,
  });
  const rest = api(pub, 'rest', { kind: 'rest', routes: [route('/users/{user}'), route('/*')] });
  const key = apiKey();
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, rest)], [key.entry]));
  return {
    pub,
    call: (path = '/x', init = {}) =>
      fetch(`${world.url}/${pub.doc.slug}/rest/v1${path}`, {
        ...init,
        headers: { 'x-api-key': key.secret, ...init.headers },
      }),
  };
}
