import type { UsageEvent } from '@parley/contracts/usage-event';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, formatted, model, PRICE, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import {
  type Behaviour,
  chunk,
  sendJson,
  sendStream,
  startUpstream,
  streamEvents,
  type UpstreamServer,
} from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let first: UpstreamServer;
let second: UpstreamServer;

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const named = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
/** Says a part, then breaks the connection. */
const cutAfter =
  (...pieces: string[]): Behaviour =>
  (_received, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(pieces.join(''), () => setTimeout(() => response.destroy(), 20));
  };
const head = event(chunk({ role: 'assistant', content: '' }));
const said = (text: string) => event(chunk({ content: text }));
const streams =
  (...texts: string[]): Behaviour =>
  (_received, response) =>
    sendStream(response, streamEvents(texts));
const fails: Behaviour = (_received, response) =>
  sendJson(response, 500, { error: { message: 'it failed', type: 'x', code: null, param: null } });

const claudeHead =
  named('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      content: [],
      model: 'x',
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 9, output_tokens: 1 },
    },
  }) + named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
const claudeSays = (text: string) => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
const claudeEnd =
  named('content_block_stop', { index: 0 }) +
  named('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 4 } }) +
  named('message_stop', {});

beforeAll(async () => {
  world = await openWorld();
  first = await startUpstream(streams('one'));
  second = await startUpstream(streams('two'));
});
beforeEach(() => {
  first.received.length = 0;
  second.received.length = 0;
  first.behave(streams('one'));
  second.behave(streams('two'));
});
afterAll(async () => {
  await world.close();
  await first.close();
  await second.close();
});

interface Lab {
  readonly resume?: boolean;
  /** Format of both providers. */
  readonly format?: 'openai' | 'anthropic';
  readonly providerModel?: string;
}

async function lab({ resume = true, format = 'openai', providerModel }: Lab = {}) {
  const owner = publisher(`lab-${newId().slice(-8)}`);
  const at = (server: UpstreamServer, slug: string) =>
    format === 'openai'
      ? provider(owner, `${server.url}/v1`, { slug })
      : formatted(owner, 'anthropic', server.url, { slug });
  const dear = { ...PRICE, id: newId(), inputPerMillion: '9000000000', outputPerMillion: '9000000000' };
  const more = providerModel === undefined ? {} : { providerModel };
  model(owner, at(first, 'one').id, 'alpha', { prices: [dear], ...more });
  model(owner, at(second, 'two').id, 'beta', more);
  const llm = api(owner, 'models', { kind: 'llm', models: ['alpha', 'beta'] });
  const aliases = [{ name: 'smart', targets: [{ model: 'alpha' }, { model: 'beta' }] }];
  Object.assign(llm.versions[0] ?? {}, { policies: { modelRouting: { aliases, tries: 1, resume } } });
  const key = apiKey();
  await publishTenant(world.redis, owner.doc);
  await publishApplication(world.redis, application([subscription(owner, llm)], [key.entry]));
  return (body: object = {}, path = '/v1/chat/completions'): Promise<Response> =>
    fetch(`${world.url}${path}`, {
      method: 'POST',
      body: JSON.stringify({ model: 'smart', stream: true, messages: [{ role: 'user', content: 'Hi' }], ...body }),
      headers: {
        authorization: `Bearer ${key.secret}`,
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
      },
    });
}

interface Sent {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly max_tokens?: number;
}
const sentTo = (server: UpstreamServer): Sent => JSON.parse(String(server.received.at(-1)?.body ?? '{}')) as Sent;
const told = (usage: UsageEvent) => usage.tries?.map(({ model: name, reason, outcome }) => [name, reason, outcome]);

/** The text of a chat's stream, and its events. */
function read(text: string) {
  const events = text
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map(
      (line) =>
        JSON.parse(line.slice(6)) as {
          choices?: { delta?: { content?: string; role?: string }; finish_reason?: string | null }[];
          usage?: { completion_tokens: number };
        },
    );
  const deltas = events.flatMap(({ choices }) => choices ?? []);
  return {
    content: deltas.map(({ delta }) => delta?.content ?? '').join(''),
    roles: deltas.filter(({ delta }) => delta?.role !== undefined).length,
    ends: deltas.flatMap(({ finish_reason: reason }) => reason ?? []),
    usage: events.findLast(({ usage }) => usage)?.usage,
    done: text.trimEnd().endsWith('[DONE]'),
  };
}

describe('a streamed text that breaks off', () => {
  it('is gone on with by the next model, in one stream of the client’s protocol', async () => {
    first.behave(cutAfter(head, said('The answer '), said('is ')));
    second.behave(streams(' forty', '-two.'));
    const ask = await lab();
    const answer = await ask({ max_tokens: 500, stream_options: { include_usage: true } });
    const got = read(await answer.text());
    expect(got).toMatchObject({ content: 'The answer is forty-two.', roles: 1, ends: ['stop'], done: true });
    const { messages, max_tokens: most } = sentTo(second);
    expect(messages.slice(0, 2)).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'The answer is ' },
    ]);
    expect(messages[2]).toMatchObject({ role: 'user', content: expect.stringContaining('cut off') });
    expect(most).toBeLessThan(500);
    const usage = await world.event(answer.headers.get('x-request-id'));
    expect(usage).toMatchObject({
      status: 200,
      code: null,
      abortedBy: 'none',
      model: 'beta',
      usageSource: 'estimated',
    });
    expect(told(usage)).toEqual([
      ['alpha', 'first', 'cut'],
      ['beta', 'resume', 'answered'],
    ]);
    expect(usage.tries?.[1]?.firstTokenMs).toBeNull();
    // Both parts are counted, each at its own model's price; the caller is told the same.
    expect(usage.outputTokens).toBeGreaterThan(10);
    expect(got.usage?.completion_tokens).toBe(usage.outputTokens);
    const [inputBefore, outputBefore] = [usage.inputTokens - 20, usage.outputTokens - 10];
    const dear = 9000 * (inputBefore + outputBefore) + Number(PRICE.perRequest);
    const plain = 20 * (Number(PRICE.inputPerMillion) / 1e6) + 10 * (Number(PRICE.outputPerMillion) / 1e6);
    expect(Number(usage.costNano)).toBeCloseTo(dear + plain + Number(PRICE.perRequest), 0);
  });

  it('is put into the mouth of a model that goes on from there', async () => {
    first.behave(cutAfter(claudeHead, claudeSays('Hel')));
    second.behave((_received, response) => sendStream(response, [claudeHead, claudeSays('lo.'), claudeEnd]));
    const ask = await lab({ format: 'anthropic', providerModel: 'claude-sonnet-4-5' });
    const answer = await ask({ max_tokens: 100 }, '/v1/messages');
    const text = await answer.text();
    const deltas = [...text.matchAll(/"text_delta","text":"([^"]*)"/g)].map(([, part]) => part);
    expect(deltas.join('')).toBe('Hello.');
    for (const once of ['message_start', 'content_block_start', 'content_block_stop', 'message_stop']) {
      expect(text.match(new RegExp(`^event: ${once}$`, 'gm'))).toHaveLength(1);
    }
    expect(sentTo(second).messages.at(-1)).toEqual({ role: 'assistant', content: 'Hel' });
  });

  it('is asked for in words where a model refuses such a turn', async () => {
    first.behave(cutAfter(claudeHead, claudeSays('Hel')));
    second.behave((_received, response) => sendStream(response, [claudeHead, claudeSays('lo.'), claudeEnd]));
    const ask = await lab({ format: 'anthropic', providerModel: 'claude-sonnet-4-6' });
    expect(await (await ask({ max_tokens: 100 }, '/v1/messages')).text()).toContain('message_stop');
    expect(sentTo(second).messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  it('is gone on with by the same model where there is no other, and where the next fails', async () => {
    const once = cutAfter(head, said('Hel'));
    first.behave((received, response) =>
      first.received.length === 1 ? once(received, response) : streams('lo.')(received, response),
    );
    const ask = await lab();
    expect(read(await (await ask({ model: 'alpha' })).text())).toMatchObject({ content: 'Hello.', done: true });
    first.received.length = 0;
    second.behave(fails);
    const answer = await ask();
    expect(read(await answer.text())).toMatchObject({ content: 'Hello.', ends: ['stop'], done: true });
    expect(told(await world.event(answer.headers.get('x-request-id')))).toEqual([
      ['alpha', 'first', 'cut'],
      ['beta', 'resume', 'server'],
      ['alpha', 'resume', 'answered'],
    ]);
  });

  it('ends as the broken answer it is when nobody goes on with it', async () => {
    first.behave((received, response) =>
      first.received.length === 1 ? cutAfter(head, said('Hel'))(received, response) : fails(received, response),
    );
    second.behave(fails);
    const answer = await (await lab())();
    const got = read(await answer.text());
    expect(got).toMatchObject({ content: 'Hel', ends: ['error'], done: false });
    const usage = await world.event(answer.headers.get('x-request-id'));
    expect(usage).toMatchObject({ code: 'upstream_cut', abortedBy: 'upstream' });
    // Those that failed at once cost nothing that is known.
    expect(usage.outputTokens).toBeLessThan(5);
    expect(second.received.length).toBe(1);
  });
});

describe('nothing goes on with', () => {
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"a"' } };
  const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
  const schema = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } };

  it.each([
    ['a tool call', { tools }, cutAfter(head, said('Let me see. '), event(chunk({ tool_calls: [call] })))],
    ['thoughts', {}, cutAfter(head, event(chunk({ reasoning_content: 'Hm' })), said('Hel'))],
    ['an answer in a given form', { response_format: schema }, cutAfter(head, said('{"a":'))],
    ['one of several answers', { n: 2 }, cutAfter(head, said('Hel'))],
  ])('%s', async (_what, body, behaviour) => {
    first.behave(behaviour);
    const text = await (await (await lab())(body)).text();
    expect(read(text)).toMatchObject({ ends: ['error'], done: false });
    expect(second.received.length).toBe(0);
  });

  it('a text whose policy does not say so', async () => {
    first.behave(cutAfter(head, said('Hel')));
    const text = await (await (await lab({ resume: false }))()).text();
    expect(read(text)).toMatchObject({ content: 'Hel', ends: ['error'], done: false });
    expect(second.received.length).toBe(0);
  });
});
