import { EXPLAIN_PATH, type ExplainReply, INTERNAL_HEADER } from '@parley/contracts/explain';
import { modelRoutingPolicy } from '@parley/contracts/policies/model-routing';
import { newId } from '@parley/kernel/id';
import { signInternalCall } from '@parley/kernel/internal-call';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  api,
  apiKey,
  application,
  model,
  PROMPT,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const SECRET = 'i'.repeat(32);
let world: World;
let backend: UpstreamServer;
let slug: string;
let secret: string;
let caller: string;
const SAVED = { aliases: [{ name: 'smart', targets: [{ model: 'swift' }, { model: 'sage' }] }] };

beforeAll(async () => {
  world = await openWorld({ internalSecret: SECRET });
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
  const owner = publisher(`draft-${newId().slice(-8)}`);
  slug = owner.doc.slug;
  const { id } = provider(owner, `${backend.url}/v1`);
  model(owner, id, 'swift').capabilities = ['tools'];
  model(owner, id, 'sage').capabilities = ['json_schema'];
  const llm = api(owner, 'models', { kind: 'llm', models: ['swift', 'sage'] });
  const prompt = api(owner, 'prompt', {
    kind: 'prompt',
    promptVersionId: newId(),
    definition: { ...PROMPT, model: 'swift', messages: [{ role: 'user', text: 'Hello {{name}}' }] },
  });
  for (const version of llm.versions) version.policies = { modelRouting: modelRoutingPolicy.parse(SAVED) };
  const rest = restApi(owner, 'rest', upstream(owner, backend.url).id);
  const key = apiKey();
  secret = key.secret;
  const app = application(
    [llm, prompt, rest].map((one) => subscription(owner, one)),
    [key.entry],
  );
  caller = app.applicationId;
  await publishTenant(world.redis, owner.doc);
  await publishApplication(world.redis, app);
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

async function dry(path: string, body: object, routing?: object): Promise<ExplainReply> {
  const modelRouting = routing === undefined ? undefined : modelRoutingPolicy.parse(routing);
  const asked = JSON.stringify({
    method: 'POST',
    path: `/${slug}${path}`,
    headers: [{ name: 'content-type', value: 'application/json' }],
    body: JSON.stringify(body),
    address: '192.0.2.7',
    applicationId: caller,
    modelRouting,
  });
  const headers = { [INTERNAL_HEADER]: signInternalCall(SECRET, EXPLAIN_PATH, asked, Date.now()) };
  const answer = await fetch(world.url + EXPLAIN_PATH, { method: 'POST', headers, body: asked });
  expect(answer.status).toBe(200);
  return (await answer.json()) as ExplainReply;
}

const CHAT = '/models/v1/chat/completions';
const chat = (name: string, more: object = {}) => ({
  model: name,
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
});
const order = ({ choice }: ExplainReply) => choice?.models.map(({ model: name, place }) => [name, place]);
const why = ({ choice }: ExplainReply, name: string) => choice?.models.find((one) => one.model === name)?.why;

describe('a dry run of a routing that is being written', () => {
  it('tells of the saved one each model’s place, where no other is given', async () => {
    const reply = await dry(CHAT, chat('smart'));
    expect(reply.choice?.name).toBe('smart');
    expect(order(reply)).toEqual([
      ['swift', 1],
      ['sage', 2],
    ]);
    expect((await dry(CHAT, chat('swift'))).choice).toBeNull();
  });

  it('walks the draft in its place, and real calls go on by the saved one', async () => {
    const draft = {
      aliases: [
        { name: 'clever', targets: [{ model: 'sage', when: 'request.body.user == "vip"' }, { model: 'swift' }] },
      ],
    };
    const reply = await dry(CHAT, chat('clever', { user: 'vip' }), draft);
    expect(order(reply)).toEqual([
      ['sage', 1],
      ['swift', 2],
    ]);
    expect(reply.steps.at(-1)?.sentence).toContain('“clever”');
    const other = await dry(CHAT, chat('clever', { user: 'x' }), draft);
    expect(order(other)).toEqual([
      ['sage', null],
      ['swift', 1],
    ]);
    expect(why(other, 'sage')).toBe('Its condition does not hold for this call.');
    expect(why(await dry(CHAT, chat('clever'), draft), 'sage')).toContain('no value for this call');
    expect((await dry(CHAT, chat('smart'), draft)).refusal?.code).toBe('model_not_found');
    const real = (name: string) =>
      fetch(`${world.url}/${slug}${CHAT}`, {
        method: 'POST',
        body: JSON.stringify(chat(name)),
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      }).then(({ status }) => status);
    expect(await Promise.all([real('smart'), real('clever')])).toEqual([200, 404]);
  });

  it('says why by strategy, and what a model lacks', async () => {
    const of = (strategy: string, more: object = {}) => ({
      aliases: [{ name: 'n', strategy, targets: [{ model: 'swift', weight: 3 }, { model: 'sage' }], ...more }],
    });
    expect(why(await dry(CHAT, chat('n'), of('weighted')), 'swift')).toContain('75 %');
    expect(why(await dry(CHAT, chat('n'), of('weighted', { sticky: 'application' })), 'sage')).toContain(
      'the same application',
    );
    expect(why(await dry(CHAT, chat('n'), of('cheapest')), 'swift')).toContain('per million tokens');
    expect(why(await dry(CHAT, chat('n'), of('fastest')), 'sage')).toContain('Not measured');
    expect(why(await dry(CHAT, chat('n'), of('leastBusy')), 'sage')).toContain('0 calls');
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    const able = await dry(CHAT, chat('n', { tools }), of('ordered'));
    expect(order(able)).toEqual([
      ['swift', 1],
      ['sage', null],
    ]);
    expect(why(able, 'sage')).toContain('tools');
  });

  it('tells why none is left, by meaning too', async () => {
    const none = await dry(CHAT, chat('n'), { aliases: [{ name: 'n', targets: [{ model: 'sage', when: 'false' }] }] });
    expect(none.refusal?.code).toBe('model_not_found');
    expect(order(none)).toEqual([['sage', null]]);
    const lost = { aliases: [{ name: 'n', targets: [{ model: 'gone' }, { model: 'swift' }] }] };
    expect(order(await dry(CHAT, chat('n'), lost))).toEqual([
      ['gone', null],
      ['swift', 1],
    ]);
    const semantic = { routes: [{ name: 'code', examples: ['Fix the bug in my code'] }] };
    const meant = {
      aliases: [{ name: 'n', semantic, targets: [{ model: 'swift' }, { model: 'sage', route: 'code' }] }],
    };
    expect(why(await dry(CHAT, chat('n'), meant), 'sage')).toContain(
      'It answers the route “code”; this call goes none.',
    );
    const messages = [{ role: 'user', content: 'Please fix the bug in my code' }];
    expect(order(await dry(CHAT, { ...chat('n'), messages }, meant))).toEqual([
      ['swift', 2],
      ['sage', 1],
    ]);
  });

  it('holds for prompts whose model is such a name, and changes nothing for REST', async () => {
    const draft = { aliases: [{ name: 'swift', targets: [{ model: 'sage' }] }] };
    expect(order(await dry('/prompt/v1', { name: 'A' }, draft))).toEqual([['sage', 1]]);
    const rest = await dry('/rest/v1/x', {}, draft);
    expect(rest.choice).toBeNull();
  });
});
