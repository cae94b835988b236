import { newId } from '@parley/kernel/id';
import { newSecretToken } from '@parley/kernel/secret-token';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, model, PROMPT, provider, publisher, restApi, upstream } from './documents.ts';
import { publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

let world: World;
const slug = `pub-${newId().slice(-8)}`;

beforeAll(async () => {
  world = await openWorld();
  const pub = publisher(slug);
  const backend = upstream(pub, 'http://127.0.0.1:9');
  model(pub, provider(pub, 'http://127.0.0.1:9').id, 'fast');
  restApi(pub, 'rest', backend.id);
  api(pub, 'llm', { kind: 'llm', models: ['fast'] });
  api(pub, 'prompt', { kind: 'prompt', promptVersionId: newId(), definition: PROMPT });
  const old = restApi(pub, 'old', backend.id).versions[0];
  if (old) Object.assign(old, { state: 'deprecated', deprecatedAtMs: 1, sunsetAtMs: 2_000_000_000_000 });
  const gone = restApi(pub, 'gone', backend.id).versions[0];
  if (gone) Object.assign(gone, { state: 'retired' });
  await publishTenant(world.redis, pub.doc);
});
afterAll(() => world.close());

/** Everything of an answer that could tell two paths apart. */
async function answerTo(path: string, key: string | null): Promise<unknown> {
  const answer = await fetch(`${world.url}${path}`, { headers: key === null ? {} : { 'x-api-key': key } });
  const id = answer.headers.get('x-request-id') ?? 'none';
  const headers = [...answer.headers].filter(([name]) => name !== 'x-request-id' && name !== 'date');
  return { status: answer.status, headers, body: (await answer.text()).replaceAll(id, 'ID') };
}

describe('somebody without a good key', () => {
  it.each(['rest', 'llm', 'prompt', 'old', 'gone'])(
    'learns nothing about /%s: it answers like no API',
    async (name) => {
      for (const key of [null, 'nonsense', newSecretToken('pk_live')]) {
        for (const rest of ['', '/x', '/models', '/chat/completions']) {
          const there = await answerTo(`/${slug}/${name}/v1${rest}`, key);
          expect(there).toMatchObject({ status: 401 });
          expect(there).toEqual(await answerTo(`/${slug}/none/v1${rest}`, key));
          expect(there).toEqual(await answerTo(`/nobody-${slug}/none/v1${rest}`, key));
        }
      }
    },
  );
});
