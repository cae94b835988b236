import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { api, apiKey, application, formatted, model, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** Pictures named by URL, for a provider that takes bytes only; and what nobody may make the gateway fetch. */
const PICTURE = Buffer.from('a picture');
let world: World;
let strict: World;
let bedrock: UpstreamServer;
let pictures: UpstreamServer;
let secret: string;

beforeAll(async () => {
  world = await openWorld({ mediaPrivate: ['127.0.0.0/8'] });
  strict = await openWorld();
  const said = { output: { message: { role: 'assistant', content: [{ text: 'A cat.' }] } }, stopReason: 'end_turn' };
  bedrock = await startUpstream((_received, response) =>
    sendJson(response, 200, { ...said, usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8 } }),
  );
  pictures = await startUpstream(({ url: path }, response) => {
    if (path === '/moved') response.writeHead(302, { location: '/a.png' }).end();
    else if (path === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    else if (path === '/big')
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(21 * 1024 * 1024));
    else response.writeHead(200, { 'content-type': 'image/png; x=y' }).end(PICTURE);
  });
  const lab = publisher(`media-${newId().slice(-8)}`);
  model(lab, formatted(lab, 'bedrock', bedrock.url).id, 'seeing', { maxOutputTokens: 100 });
  const llm = api(lab, 'models', { kind: 'llm', models: ['seeing'] });
  const key = apiKey();
  secret = key.secret;
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, llm)], [key.entry]));
});
beforeEach(() => {
  bedrock.received.length = 0;
  pictures.received.length = 0;
});
afterAll(async () => {
  await Promise.all([world.close(), strict.close()]);
  await Promise.all([bedrock.close(), pictures.close()]);
});

const ask = (urls: readonly string[], at = world) =>
  fetch(`${at.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', cookie: 'a=b' },
    body: JSON.stringify({
      model: 'seeing',
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'What?' }, ...urls.map((url) => ({ type: 'image_url', image_url: { url } }))],
        },
      ],
    }),
  });

it('is fetched once, and given to the provider as bytes', async () => {
  const url = `${pictures.url}/a.png`;
  const answer = await ask([url, url]);
  expect(answer.status).toBe(200);
  const [{ body } = { body: Buffer.alloc(0) }] = bedrock.received;
  expect(body.toString().split(PICTURE.toString('base64'))).toHaveLength(3);
  expect(pictures.received).toHaveLength(1);
  expect(JSON.stringify(pictures.received[0]?.headers)).not.toMatch(/a=b|bearer|pk_live/i);
});

it.each([
  ['/moved', /could not be read/],
  ['/page', /no picture/],
  ['/big', /at most 20971520 bytes/],
])('is refused with its place where it is none: %s', async (path, reason) => {
  const answer = await ask([`${pictures.url}/a.png`, pictures.url + path]);
  expect(answer.status).toBe(400);
  const { error } = (await answer.json()) as { error: { param: string; message: string } };
  expect(error.param).toBe('messages[0].content[2].image_url.url');
  expect(error.message).toMatch(reason);
  expect(bedrock.received).toEqual([]);
});

it('is bounded in number', async () => {
  const answer = await ask(Array.from({ length: 21 }, (_none, at) => `${pictures.url}/${at}.png`));
  expect(await answer.json()).toMatchObject({ error: { param: 'messages[0].content[21].image_url.url' } });
  expect(pictures.received).toEqual([]);
});

it.each([
  'http://127.0.0.1:PORT/a.png',
  'http://localhost:PORT/a.png',
  'http://0x7f.1:PORT/a.png',
  'http://[::ffff:127.0.0.1]:PORT/a.png',
  'http://[::1]:PORT/a.png',
  'http://169.254.169.254/latest/meta-data/',
  'http://10.0.0.1/a.png',
  'http://user:pass@127.0.0.1:PORT/a.png',
])('is never fetched from inner networks, also where publishers may have upstreams there: %s', async (form) => {
  const url = form.replace('PORT', new URL(pictures.url).port);
  const answer = await ask([url], strict);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { param: 'messages[0].content[1].image_url.url' } });
  expect(pictures.received).toEqual([]);
  expect(bedrock.received).toEqual([]);
});
