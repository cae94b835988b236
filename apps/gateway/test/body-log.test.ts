import { bodiesPurpose, type TakenBodies } from '@parley/contracts/call-bodies';
import { newId } from '@parley/kernel/id';
import { open, openDataKey, parseMasterKey } from '@parley/kernel/seal';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { api, apiKey, application, MASTER_KEY, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import {
  completion,
  sendJson,
  sendStream,
  startUpstream,
  streamEvents,
  type UpstreamServer,
} from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
});
beforeEach(() => {
  world.jobs.fail = false;
  backend.behave((received, response) => {
    const { stream } = JSON.parse(received.body.toString()) as { stream?: boolean };
    if (stream) sendStream(response, streamEvents(['Write to a', 'nn@example.com']));
    else sendJson(response, 200, completion('An answer'));
  });
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

async function lab(policies: object) {
  const owner = publisher(`lab-${newId().slice(-8)}`);
  model(owner, provider(owner, `${backend.url}/v1`).id, 'fast');
  const llm = api(owner, 'models', { kind: 'llm', models: ['fast'] });
  Object.assign(llm.versions[0] ?? {}, { policies });
  const key = apiKey();
  await publishTenant(world.redis, owner.doc);
  await publishApplication(world.redis, application([subscription(owner, llm)], [key.entry]));
  const ask = (body: object): Promise<Response> =>
    fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }], ...body }),
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    });
  const dataKey = openDataKey(parseMasterKey(MASTER_KEY), owner.doc.sealedDataKey, owner.doc.tenantId);
  return { owner, ask, dataKey };
}

const taken = (): TakenBodies[] =>
  world.jobs.jobs.filter(({ name }) => name === 'bodies.store').map(({ payload }) => payload as TakenBodies);
const of = (answer: Response): Promise<TakenBodies> => {
  const id = answer.headers.get('x-request-id') ?? '';
  return waitFor(`the bodies of ${id}`, () => taken().find(({ requestId }) => requestId === id));
};

it('hands over what was asked and answered, whole and as a stream, sealed for the publisher', async () => {
  const { ask, dataKey, owner } = await lab({ bodyLog: { sample: 1, keepForHours: 5, consumerSees: true } });
  const opened = (bodies: TakenBodies, part: 'request' | 'response') =>
    open(dataKey, bodies[part]?.sealed ?? '', bodiesPurpose(bodies.requestId));
  const plain = await ask({ seed: 7 });
  await plain.text();
  const bodies = await of(plain);
  expect(bodies).toMatchObject({
    tenantId: owner.doc.tenantId,
    keepForHours: 5,
    consumerSees: true,
    maxBytes: 16_384,
    request: { form: 'json', cut: false },
    response: { form: 'json', cut: false },
  });
  expect(bodies.redact).toContain('card');
  expect(bodies.redact).not.toContain('name');
  expect(JSON.parse(opened(bodies, 'request'))).toMatchObject({ model: 'fast', seed: 7 });
  expect(opened(bodies, 'response')).toContain('An answer');
  expect(JSON.stringify(bodies)).not.toContain('An answer');
  const streamed = await ask({ stream: true });
  const text = await streamed.text();
  const second = await of(streamed);
  expect(second.response?.form).toBe('stream');
  expect(opened(second, 'response')).toBe(text);
});

it('keeps what fails though the share is 0, and nothing else; a version without the policy keeps nothing', async () => {
  const { ask, dataKey } = await lab({ bodyLog: {} });
  const before = taken().length;
  await (await ask({})).text();
  backend.behave((_received, response) =>
    sendJson(response, 400, { error: { message: 'no', type: 'invalid_request_error' } }),
  );
  const failed = await ask({});
  await failed.text();
  const bodies = await of(failed);
  expect(open(dataKey, bodies.response?.sealed ?? '', bodiesPurpose(bodies.requestId))).toContain('"error"');
  const questions = await lab({ bodyLog: { response: false } });
  const refused = await questions.ask({});
  await refused.text();
  expect((await of(refused)).response).toBeNull();
  const without = await lab({});
  await (await without.ask({})).text();
  expect(taken().length).toBe(before + 2);
});

it('keeps the stream that was cut', async () => {
  const { ask, dataKey } = await lab({ bodyLog: {} });
  backend.behave((_received, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const [first = '', second = ''] = streamEvents(['Half an ans', 'wer']);
    response.write(first + second, () => response.destroy());
  });
  const cut = await ask({ stream: true });
  await cut.text().catch(() => '');
  const bodies = await of(cut);
  expect(open(dataKey, bodies.response?.sealed ?? '', bodiesPurpose(bodies.requestId))).toContain('Half an ans');
});

it('holds no call up where nobody takes bodies: they are dropped and counted', async () => {
  const { ask } = await lab({ bodyLog: { sample: 1 } });
  const real = world.jobs.waiting.bind(world.jobs);
  try {
    const before = taken().length;
    world.jobs.waiting = async () => {
      throw new Error('the queue is away');
    };
    // What is known of the queue holds for a second.
    await waitFor('a call whose bodies are dropped', async () => {
      const answer = await ask({});
      expect(answer.status).toBe(200);
      await answer.text();
      const id = answer.headers.get('x-request-id');
      await world.event(id);
      return !taken().some(({ requestId }) => requestId === id);
    });
    expect(taken().length).toBeGreaterThanOrEqual(before);
  } finally {
    world.jobs.waiting = real;
  }
});
