import type { UsageEvent } from '@parley/contracts/usage-event';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { COMMON_FAULTS } from '@parley/testkit/simulator/faults';
import { type Simulator, startSimulator } from '@parley/testkit/simulator/start';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DIALECTS, type Dialect, heard } from './dialects.ts';
import { api, apiKey, application, model, type Publisher, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

/** Every fault of a provider, in every provider's format, as clients of every dialect see it. */
let world: World;
let simulator: Simulator;
let secret: string;

/** `{name}` for faults that show at once, `{name}-hasty` for those that make a call wait. */
const PATIENT = { connectMs: 5_000, headersMs: 20_000, totalMs: 30_000 };
const HASTY = { connectMs: 2_000, headersMs: 3_000, totalMs: 4_000 };
const KEY = 'sim-very-secret-key';
const AWS_KEY = JSON.stringify({ accessKeyId: 'SIMVERYSECRET', secretAccessKey: 'sim-SIMVERYSECRET' });

/** How each format's provider is set up; the path is put behind the simulator's address. */
const PROVIDERS = {
  openai_chat: { path: '/v1', key: KEY, model: 'sim-small' },
  openai_responses: { path: '/v1', key: KEY, model: 'sim-small' },
  anthropic: { path: '', key: KEY, model: 'sim-small' },
  gemini: { path: '/v1beta', key: KEY, model: 'sim-small' },
  azure: { path: '/openai', key: KEY, model: 'sim-small' },
  bedrock: { path: '', key: AWS_KEY, model: 'us.anthropic.sim-small-v1:0' },
  cohere: { path: '/v2', key: KEY, model: 'sim-small' },
} as const;
type ProviderName = keyof typeof PROVIDERS;
const PROVIDER_NAMES = Object.keys(PROVIDERS) as ProviderName[];

function addProvider(lab: Publisher, name: ProviderName, slug: string, timeouts: typeof PATIENT): void {
  const { path, key, model: providerModel } = PROVIDERS[name];
  const keys = [{ id: newId(), sealed: seal(lab.dataKey, key, 'provider_key'), weight: 1 }];
  const made = { id: newId(), slug, format: name, baseUrl: `${simulator.url}${path}`, timeouts, keys };
  lab.doc.formattedProviders = [...(lab.doc.formattedProviders ?? []), made];
  model(lab, made.id, slug, { providerModel });
}

beforeAll(async () => {
  // A busy machine is not what is tested here.
  world = await openWorld({ load: { delayMs: [60_000, 60_000] } });
  simulator = await startSimulator({});
  const lab = publisher(`faults-${newId().slice(-8)}`);
  for (const name of PROVIDER_NAMES) {
    addProvider(lab, name, name, PATIENT);
    addProvider(lab, name, `${name}-hasty`, HASTY);
  }
  const llm = api(lab, 'models', { kind: 'llm', models: lab.doc.models.map(({ slug }) => slug) });
  const key = apiKey();
  secret = key.secret;
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, llm)], [key.entry]));
});
afterAll(async () => {
  await world.close();
  await simulator.close();
});

// Looking for events reads all of them: those of calls that are over are forgotten.
beforeEach(() => {
  world.jobs.jobs.length = 0;
});

interface Seen {
  readonly id: string;
  readonly what: string;
  readonly stream: boolean;
  readonly status: number;
  readonly said: string;
}

async function call(dialect: Dialect, slug: string, fault: string, stream: boolean): Promise<Seen> {
  const asked = fault === '' ? '' : ` [[simulate: ${fault}]]`;
  const { path, body } = dialect.request(slug, `List ten facts about rivers, please.${asked}`, stream);
  const answer = await fetch(`${world.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
    },
    body: JSON.stringify(body),
  });
  const said = await answer.text();
  const id = answer.headers.get('x-request-id') ?? '';
  return { id, what: `${slug} ${fault} ${said.slice(-300)}`, stream, status: answer.status, said };
}

/** What was recorded of calls, by id, once all of it is there. */
async function recorded(calls: readonly Seen[]): Promise<ReadonlyMap<string, UsageEvent>> {
  return waitFor('every call to be recorded', () => {
    const events = new Map(world.events().map((event) => [event.id, event]));
    return calls.every(({ id }) => events.has(id)) && events;
  });
}

interface Outcome {
  readonly end: string;
  readonly words: string;
}

/** What the gateway recorded and what the client saw must agree; `end` is both. */
function outcomeOf(dialect: Dialect, { what, stream, status, said }: Seen, event: UsageEvent | undefined): Outcome {
  expect(said, what).not.toMatch(/very-secret|SIMVERYSECRET|sim-small/);
  expect(event?.status, what).toBe(status);
  if (status !== 200) return { end: String(event?.code), words: '' };
  if (!stream) {
    const words = dialect.whole(JSON.parse(said));
    return { end: words !== null && event?.code === null ? OK : `no answer: ${what}`, words: words ?? '' };
  }
  const [complete, failed] = [dialect.complete.test(said), dialect.failed.test(said)];
  const agreed = complete !== failed && failed === (event?.code !== null);
  return { end: agreed ? (failed ? CUT : OK) : `neither a success nor an error: ${what}`, words: heard(dialect, said) };
}

/** Outcomes of calls, whole and streamed in turn, for each pair of model and fault. */
async function outcomes(dialect: Dialect, pairs: readonly (readonly [slug: string, fault: string])[]) {
  const both = pairs.flatMap(([slug, fault]) => [false, true].map((stream) => call(dialect, slug, fault, stream)));
  const seen = await Promise.all(both);
  const events = await recorded(seen);
  return seen.map((found) => outcomeOf(dialect, found, events.get(found.id)));
}

const OK = 'ok';
const CUT = 'error in stream';
type Ends = readonly [whole: string, stream: string];
type Fault = (typeof COMMON_FAULTS)[number];

/** How each fault ends: an answer, a refusal with this code, or an error within the stream; for every pair alike. */
const ENDS: Readonly<Record<Fault, Ends>> = {
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
  'split-at': [OK, OK],
  'one-write': [OK, OK],
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
};

/** Where a format cannot tell what the others can. */
const OTHERWISE: Partial<Record<ProviderName, Partial<Record<Fault, Ends>>>> = {
  gemini: {
    // Its streams just end; its quotas are rate limits.
    'no-done': [OK, OK],
    'insufficient-quota': ['upstream_rate_limited', 'upstream_rate_limited'],
  },
};

/** What a format has no way to do: a binary stream has no comments. */
const NOT_PLAYED: Partial<Record<ProviderName, readonly string[]>> = { bedrock: ['comments'] };

/** How a fault is asked for: those that count events hit after the first words in every format; waits beyond patience. */
const ASKED: Partial<Record<Fault, string>> = {
  cut: 'cut after=9',
  stall: 'stall after=9',
  truncate: 'truncate after=9',
  malformed: 'malformed after=9',
  'error-in-stream': 'error-in-stream after=9',
  latency: 'latency ms=9000',
  'slow-first-byte': 'slow-first-byte ms=9000',
  'slow-tokens': 'slow-tokens ms=250',
};
const WAITING: readonly string[] = ['hang', 'latency', 'slow-first-byte', 'slow-tokens', 'stall'];

const playedBy = (name: ProviderName) => COMMON_FAULTS.filter((fault) => !NOT_PLAYED[name]?.includes(fault));

/** How faults of providers ended and how they should have, by model. */
async function compare(
  dialect: Dialect,
  of: readonly { name: ProviderName; slug: string; faults: readonly Fault[] }[],
) {
  const pairs = of.flatMap(({ slug, faults }) => faults.map((fault) => [slug, ASKED[fault] ?? fault] as const));
  const ends = (await outcomes(dialect, pairs)).map(({ end }) => end);
  const found: Record<string, Record<string, Ends>> = {};
  const expected: Record<string, Record<string, Ends>> = {};
  for (const { name, slug, faults } of of) {
    const table = { ...ENDS, ...OTHERWISE[name] };
    expected[slug] = Object.fromEntries(faults.map((fault) => [fault, table[fault]]));
    found[slug] = Object.fromEntries(faults.map((fault) => [fault, ends.splice(0, 2) as unknown as Ends]));
  }
  return { found, expected };
}

describe.each(Object.entries(DIALECTS))('%s', (_, dialect) => {
  it.each(PROVIDER_NAMES)('faults of %s that show at once', { timeout: 60_000 }, async (name) => {
    const faults = playedBy(name).filter((fault) => !WAITING.includes(fault));
    const { found, expected } = await compare(dialect, [{ name, slug: name, faults }]);
    expect(found).toEqual(expected);
  });

  it('faults of every provider that make a call wait', { timeout: 60_000 }, async () => {
    const faults = COMMON_FAULTS.filter((fault) => WAITING.includes(fault));
    const of = PROVIDER_NAMES.map((name) => ({ name, slug: `${name}-hasty`, faults }));
    const { found, expected } = await compare(dialect, of);
    expect(found).toEqual(expected);
  });

  it('hears the same words from every provider, whole and streamed', async () => {
    const heardFrom = await outcomes(
      dialect,
      PROVIDER_NAMES.map((name) => [name, ''] as const),
    );
    const words = new Set(heardFrom.map((found) => found.words));
    expect([...words]).toHaveLength(1);
    expect([...words][0]).toMatch(/^\[simulated by Parley\] You asked about rivers\. /);
  });
});
