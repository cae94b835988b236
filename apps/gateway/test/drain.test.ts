import { Agent, request as httpRequest } from 'node:http';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, streamEvents, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function setUp(
  drainMs: number,
): Promise<{ world: World; backend: UpstreamServer; slug: string; secret: string }> {
  const world = await openWorld({ drainMs });
  const backend = await startUpstream((_received, response) => sendJson(response, 200, {}));
  open.push(() => backend.close());
  const lab = publisher(`drn-${newId().slice(-8)}`);
  const rest = restApi(lab, 'rest', upstream(lab, backend.url).id);
  model(lab, provider(lab, backend.url).id, 'fast');
  const llm = api(lab, 'llm', { kind: 'llm', models: ['fast'] });
  const key = apiKey();
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, rest), subscription(lab, llm)], [key.entry]));
  return { world, backend, slug: lab.doc.slug, secret: key.secret };
}

const stream = (world: World, secret: string) =>
  fetch(`${world.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fast', messages: [], stream: true }),
  });

describe('drain', () => {
  it('lets a running stream end, refuses readiness and new connections, and hands its usage over', async () => {
    const { world, backend, secret } = await setUp(10_000);
    // What comes before the model's first word is held back.
    const [role = '', word = '', ...rest] = streamEvents(['Hello']);
    let finish = (): void => {};
    backend.behave((_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(role + word);
      finish = () => response.end(rest.join(''));
    });
    const answer = await stream(world, secret);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ready = () =>
      new Promise<{ status: number; connection: string | undefined }>((resolve, reject) => {
        const port = Number(new URL(world.url).port);
        httpRequest({ port, path: '/readyz', agent }, (got) => {
          got.resume().on('end', () => resolve({ status: got.statusCode ?? 0, connection: got.headers.connection }));
        })
          .on('error', reject)
          .end();
      });
    expect((await ready()).status).toBe(200);
    const closing = world.close();
    await waitFor('new connections to be refused', async () => {
      try {
        await fetch(`${world.url}/healthz`);
        return false;
      } catch {
        return true;
      }
    });
    finish();
    const text = await answer.text();
    expect(text).toContain('Hello');
    expect(text).toContain('[DONE]');
    await closing;
    agent.destroy();
    const requestId = answer.headers.get('x-request-id');
    expect(world.events().find((event) => event.id === requestId)).toMatchObject({ code: null, outputTokens: 10 });
  });

  it('ends what still runs after the time allowed, each in its own protocol', async () => {
    const { world, backend, slug, secret } = await setUp(300);
    backend.behave((received, response) => {
      if (received.url !== '/chat/completions') return;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamEvents(['one two']).slice(0, 2).join(''));
    });
    const streaming = await stream(world, secret);
    const waiting = fetch(`${world.url}/${slug}/rest/v1/x`, { headers: { 'x-api-key': secret } });
    await waitFor('both to be under way', () => backend.received.length === 2);
    await world.close();
    const refused = await waiting;
    expect(refused.status).toBe(503);
    expect(refused.headers.get('connection')).toBe('close');
    expect(await refused.json()).toMatchObject({ code: 'shutting_down' });
    const text = await streaming.text();
    expect(text).toContain('"finish_reason":"error"');
    expect(text).toContain('shutting_down');
    expect(text).not.toContain('[DONE]');
    const codes = world.events().map((event) => `${event.kind} ${event.code} ${event.status}`);
    expect(codes.sort()).toEqual(['chat shutting_down 200', 'rest shutting_down 503']);
  });
});
