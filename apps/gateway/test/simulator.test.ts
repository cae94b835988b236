import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { CHAT_FAULTS } from '@parley/testkit/simulator/formats/openai/format';
import { type Simulator, startSimulator } from '@parley/testkit/simulator/start';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

type FaultName = (typeof CHAT_FAULTS)[number];

let world: World;
let simulator: Simulator;
let secret: string;
const KEY = 'sim-very-secret-key';

beforeAll(async () => {
  world = await openWorld();
  simulator = await startSimulator({});
  const lab = publisher(`sim-${newId().slice(-8)}`);
  const target = provider(lab, `${simulator.url}/v1`, {
    timeouts: { connectMs: 500, headersMs: 1500, totalMs: 1800 },
    keys: [{ id: newId(), sealed: seal(lab.dataKey, KEY, 'provider_key'), weight: 1 }],
  });
  model(lab, target.id, 'fast', { providerModel: 'sim-small' });
  const llm = api(lab, 'models', { kind: 'llm', models: ['fast'] });
  const key = apiKey();
  secret = key.secret;
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, llm)], [key.entry]));
});
afterAll(async () => {
  await world.close();
  await simulator.close();
});

function ask(fault: FaultName | null, stream: boolean): Promise<Response> {
  const asked = fault === null ? '' : ` [[simulate: ${fault}]]`;
  const content = `List ten facts about rivers, please.${asked}`;
  return fetch(`${world.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fast', stream, messages: [{ role: 'user', content }] }),
  });
}

/** How each way of misbehaving must end: an answer, a refusal with this code, or an error within the stream. */
const OK = 'ok';
const CUT = 'error in stream';
const ENDS: Readonly<Record<FaultName, readonly [json: string, stream: string | null]>> = {
  hang: ['upstream_timeout', 'upstream_timeout'],
  reset: ['upstream_unreachable', 'upstream_unreachable'],
  latency: ['upstream_timeout', 'upstream_timeout'],
  'slow-first-byte': ['upstream_timeout', 'upstream_timeout'],
  'slow-tokens': ['upstream_timeout', CUT],
  stall: ['upstream_timeout', CUT],
  cut: ['upstream_cut', CUT],
  truncate: [OK, CUT],
  'no-done': [OK, CUT],
  malformed: ['upstream_invalid', CUT],
  'error-in-stream': [OK, CUT],
  'split-bytes': [OK, OK],
  comments: [OK, OK],
  '401': ['upstream_credentials', 'upstream_credentials'],
  '429': ['upstream_rate_limited', 'upstream_rate_limited'],
  'insufficient-quota': ['upstream_credentials', 'upstream_credentials'],
  '500': ['upstream_unreachable', 'upstream_unreachable'],
  '503': ['upstream_unreachable', 'upstream_unreachable'],
  'error-in-200': ['upstream_invalid', 'upstream_invalid'],
  html: ['upstream_invalid', 'upstream_invalid'],
  'json-for-stream': [OK, 'upstream_invalid'],
  'stream-for-json': ['upstream_invalid', OK],
  'empty-body': ['upstream_invalid', 'upstream_invalid'],
  'no-choices': [OK, OK],
  'usage-every-chunk': [OK, OK],
  'usage-on-finish': [OK, OK],
  'usage-missing': [OK, OK],
  'cached-tokens': [OK, OK],
  'role-absent': [OK, OK],
  'role-empty': [OK, OK],
  'tool-index-missing': [OK, OK],
  'tool-index-gaps': [OK, OK],
  'tool-index-reused': [OK, OK],
  'tool-arguments-empty': [OK, OK],
  'prompt-blocked': ['invalid_prompt', 'invalid_prompt'],
  'tool-arguments-whole': [OK, OK],
  'tool-id-repeated': [OK, OK],
  'tool-id-empty': [OK, OK],
  'tool-finish-stop': [OK, OK],
  'tool-calls-empty': [OK, OK],
  'reasoning-content': [OK, OK],
  'reasoning-text': [OK, OK],
  // The provider's own 400, which has no code, is handed on.
  'stream-options-refused': [OK, null],
  'max-tokens-refused': [OK, OK],
  refusal: [OK, OK],
  'content-filter': [OK, OK],
  'text-before-tools': [OK, OK],
  'split-at': [OK, OK],
  'one-write': [OK, OK],
};

function endOf(answer: Response, text: string, stream: boolean): string | null {
  if (answer.status !== 200) return (JSON.parse(text) as { error: { code: string | null } }).error.code;
  if (!stream) return Array.isArray((JSON.parse(text) as { choices: unknown }).choices) ? OK : 'no completion';
  const done = text.includes('data: [DONE]');
  const error = text.includes('"finish_reason":"error"');
  if (done === error) return 'neither a success nor an error';
  return done ? OK : CUT;
}

const GROUP = 12;

/** A few at a time: all of them at once would take so long that those that must be in time are not. */
async function inGroups<T, Made>(items: readonly T[], make: (item: T) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  for (let at = 0; at < items.length; at += GROUP) {
    made.push(...(await Promise.all(items.slice(at, at + GROUP).map(make))));
  }
  return made;
}

describe('a provider that misbehaves', () => {
  it.for([false, true])(
    'never gets a broken answer through as a good one (stream: %s)',
    { timeout: 30_000 },
    async (stream) => {
      const ends = await inGroups(CHAT_FAULTS, async (name): Promise<[FaultName, string | null]> => {
        const answer = await ask(name, stream);
        const text = await answer.text();
        expect(text, name).not.toContain(KEY);
        expect(text, name).not.toContain('sim-small');
        const event = await world.event(answer.headers.get('x-request-id'));
        const end = endOf(answer, text, stream);
        expect(event.code === null, name).toBe(end === OK);
        expect(event.status, name).toBe(answer.status);
        if (end === OK) expect(BigInt(event.costNano) > 5n, name).toBe(true);
        return [name, end];
      });
      expect(Object.fromEntries(ends)).toEqual(
        Object.fromEntries(CHAT_FAULTS.map((name) => [name, ENDS[name][stream ? 1 : 0]])),
      );
    },
  );

  it('and one that behaves is counted by its own word', async () => {
    const answer = await ask(null, true);
    expect(await answer.text()).toContain('[DONE]');
    const event = await world.event(answer.headers.get('x-request-id'));
    expect(event).toMatchObject({
      usageSource: 'provider',
      providerModel: 'sim-small',
      model: 'fast',
      abortedBy: 'none',
    });
    expect(event.outputTokens).toBeGreaterThan(10);
  });
});
