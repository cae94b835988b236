import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import {
  chunk,
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
let secret: string;
const slug = `gan-${newId().slice(-8)}`;
const schema = '{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}';
const POLICIES: Readonly<Record<string, NonNullable<PoliciesInput['guardrails']>>> = {
  strict: { answerSchema: { schema } },
  repair: { answerSchema: { schema, mode: 'repair' }, personalData: { kinds: ['email'] } },
  watch: { answerSchema: { schema, mode: 'observe' } },
  tools: { tools: [{ name: 'inside', tools: ['mail'], forbid: ['evil[.]example'] }] },
};

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
  const pub = publisher(slug);
  model(pub, provider(pub, backend.url).id, 'fast');
  const apis = Object.entries(POLICIES).map(([name, guardrails]) => {
    const made = api(pub, name, { kind: 'llm', models: ['fast'] });
    for (const version of made.versions) version.policies = { guardrails };
    return made;
  });
  const key = apiKey();
  secret = key.secret;
  await publishTenant(world.redis, pub.doc);
  const subscriptions = apis.map((one) => subscription(pub, one));
  await publishApplication(world.redis, application(subscriptions, [key.entry]));
});
beforeEach(() => {
  backend.received.length = 0;
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

function says(...texts: string[]): void {
  let at = 0;
  backend.behave((_received, response) => sendJson(response, 200, completion(texts[Math.min(at++, texts.length - 1)])));
}
const ask = (name: string, more: object = {}): Promise<Response> =>
  fetch(`${world.url}/${slug}/${name}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'I am joe@example.com' }], ...more }),
  });
const eventOf = (answer: Response) => world.event(answer.headers.get('x-request-id'));

describe('answers that have to fit a schema', () => {
  it('pass if they do, and are withheld if not, with the place but no value', async () => {
    says('{"city":"Oslo"}');
    const good = await ask('strict');
    expect(good.status).toBe(200);
    expect((await eventOf(good)).outputCheck).toBe('first');
    says('{"city":4711}');
    const bad = await ask('strict');
    expect(bad.status).toBe(400);
    const text = await bad.text();
    expect(text).toContain('/city breaks type');
    expect(text).not.toContain('4711');
    expect(await eventOf(bad)).toMatchObject({ code: 'guardrail_blocked', outputCheck: 'failed', outputTokens: 10 });
    expect((await ask('watch')).status).toBe(200);
  });

  it('are asked for once more where the policy says so, without what was masked', async () => {
    says('Hello <EMAIL_1>', '{"city":"<EMAIL_1>"}');
    const answer = await ask('repair');
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: '{"city":"joe@example.com"}' } }] });
    const again = backend.received[1]?.body.toString() ?? '';
    expect(again).not.toContain('joe@');
    expect(again).toContain('Hello <EMAIL_1>');
    expect(again).toContain('does not fit the required JSON Schema');
    expect(await eventOf(answer)).toMatchObject({ outputCheck: 'repaired', inputTokens: 40, outputTokens: 20 });
    says('no', 'still no');
    expect((await ask('repair')).status).toBe(400);
    expect(backend.received).toHaveLength(4);
  });

  it('in a stream end without a sign of completion if they do not', async () => {
    backend.behave((_received, response) => sendStream(response, streamEvents(['{"city":', '"Oslo"}'])));
    const good = await (await ask('strict', { stream: true })).text();
    expect(good).toContain('"finish_reason":"stop"');
    expect(good).toContain('[DONE]');
    for (const name of ['strict', 'repair']) {
      backend.behave((_received, response) => sendStream(response, streamEvents(['{"city":', '4711}'])));
      const bad = await (await ask(name, { stream: true })).text();
      expect(bad).toContain('guardrail_blocked');
      expect(bad).not.toContain('"finish_reason":"stop"');
      expect(bad).not.toContain('[DONE]');
    }
  });
});

describe('what a tool is given', () => {
  const streamed = (to: string) =>
    [
      chunk({ role: 'assistant', content: '' }),
      chunk({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'mail', arguments: '' } }] }),
      ...['{"to":', `"${to.slice(0, 6)}`, `${to.slice(6)}"}`].map((text) =>
        chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
      ),
      chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }),
    ].map((event) => `data: ${JSON.stringify(event)}\n\n`);

  it('goes on in one piece if it is good, and not at all if it is not', async () => {
    backend.behave((_received, response) => sendStream(response, [...streamed('a@good.example'), 'data: [DONE]\n\n']));
    expect(await (await ask('tools', { stream: true })).text()).toContain('{\\"to\\":\\"a@good.example\\"}');
    backend.behave((_received, response) => sendStream(response, [...streamed('a@evil.example'), 'data: [DONE]\n\n']));
    const answer = await ask('tools', { stream: true });
    const bad = await answer.text();
    expect(bad).toContain('guardrail_blocked');
    expect(bad).not.toContain('evil');
    const { guard } = await eventOf(answer);
    expect(guard).toMatchObject({ outcome: 'block', findings: [{ check: 'tools', rule: 'inside.forbidden' }] });
    await waitFor('the provider to be let go or done', () => backend.received.length === 2);
  });

  it('is looked at in whole answers too', async () => {
    const call = (to: string) => {
      const made = completion('') as { choices: { message: object; finish_reason: string }[] };
      const [choice] = made.choices;
      if (choice) {
        choice.message = {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'mail', arguments: JSON.stringify({ to }) } }],
        };
        choice.finish_reason = 'tool_calls';
      }
      backend.behave((_received, response) => sendJson(response, 200, made));
      return ask('tools');
    };
    expect((await call('a@good.example')).status).toBe(200);
    expect((await call('a@evil.example')).status).toBe(400);
  });
});
