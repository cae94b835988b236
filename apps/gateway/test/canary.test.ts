import { JOBS } from '@parley/contracts/jobs';
import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, publisher, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const worlds: World[] = [];
let blue: UpstreamServer;
let green: UpstreamServer;
let path: string;
let secret: string;

const canary = (more: object = {}): PoliciesInput['split'] => ({
  variants: [
    { name: 'stable', upstream: 'blue', weight: 10_000 },
    { name: 'next', upstream: 'green' },
  ],
  conditions: [{ variant: 'next', when: [{ in: 'header', name: 'x-preview', test: 'exists' }] }],
  canary: { variant: 'next', steps: [5000], rollback: { minCalls: 20, errorRatePercent: 10, ...more } },
});
const SPLITS: Readonly<Record<string, PoliciesInput['split']>> = {
  failing: canary(),
  slow: canary({ latencyP95Ratio: 3, errorRatePercent: 100 }),
  good: canary({ latencyP95Ratio: 100 }),
  both: canary({ latencyP95Ratio: 100 }),
  // Fail, and show by their end that a look was taken at all canaries of the node.
  'probe-good': canary(),
  'probe-both': canary(),
};

beforeAll(async () => {
  worlds.push(await openWorld(), await openWorld());
  blue = await startUpstream((received, response) =>
    sendJson(response, received.url.startsWith('/both') ? 500 : 200, 'blue'),
  );
  green = await startUpstream((received, response) => {
    if (received.url.startsWith('/slow')) setTimeout(() => sendJson(response, 200, 'green'), 150);
    else sendJson(response, received.url.startsWith('/good') ? 200 : 500, 'green');
  });
  const pub = publisher(`canary-${newId().slice(-8)}`);
  const first = upstream(pub, blue.url, { slug: 'blue' });
  upstream(pub, green.url, { slug: 'green' });
  const routes = Object.entries(SPLITS).map(([name, split]) => ({
    id: newId(),
    method: 'GET' as const,
    path: `/${name}`,
    upstreamId: first.id,
    upstreamPath: null,
    policies: { split },
  }));
  const rest = api(pub, 'rest', { kind: 'rest', routes });
  const key = apiKey();
  secret = key.secret;
  path = `/${pub.doc.slug}/rest/v1`;
  const [{ redis }] = worlds as [World];
  await publishTenant(redis, pub.doc);
  await publishApplication(redis, application([subscription(pub, rest)], [key.entry]));
});
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  await Promise.all([blue.close(), green.close()]);
});

const node = (at: number): World => worlds[at] as World;
async function call(at: number, name: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${node(at).url}${path}/${name}`, { headers: { 'x-api-key': secret, ...headers } });
  return { text: await answer.text(), status: answer.status, id: answer.headers.get('x-request-id') };
}
const variants = async (at: number, name: string, count: number): Promise<Set<string>> =>
  new Set((await Promise.all(Array.from({ length: count }, () => call(at, name)))).map(({ text }) => text));

/** Calls until the canary gets some: its start is shared by then. */
const started = (at: number, name: string) =>
  waitFor(`${name} to start on node ${at}`, async () => ((await call(at, name)).text === 'green' ? true : undefined));
/** The notes of canaries taken back that a node handed over. */
const notes = (at: number) =>
  node(at).jobs.jobs.flatMap(({ name, payload }) =>
    name === 'canary.rolledBack' ? [JOBS['canary.rolledBack'].schema.parse(payload)] : [],
  );
/** Calls until forty in a row went elsewhere. */
const ended = (at: number, name: string) =>
  waitFor(`${name} to end on node ${at}`, async () => !(await variants(at, name, 40)).has('green'), {
    timeoutMs: 20_000,
  });

it('takes a failing variant back by itself, on every node, and hands over one note of it', async () => {
  await started(0, 'failing');
  await started(1, 'failing');
  await ended(0, 'failing');
  // The other node has made too few calls of it to judge by itself.
  const preview = { 'x-preview': '1' };
  await waitFor('node 1 to hear of it', async () => (await call(1, 'failing', preview)).text === 'blue', {
    everyMs: 150,
  });
  expect(await variants(1, 'failing', 40)).toEqual(new Set(['blue']));
  expect(notes(1)).toEqual([]);
  expect((await call(0, 'failing', preview)).text).toBe('blue');
  await waitFor('the note', () => (notes(0).length > 0 ? true : undefined));
  expect(notes(0)).toEqual([
    expect.objectContaining({ variant: 'next', reason: expect.stringMatching(/^100\.0 % of \d+ calls failed/) }),
  ]);
  const { id } = await call(0, 'failing');
  expect((await node(0).event(id)).variant).toBe('stable');
  const seen = node(0)
    .events()
    .filter((event) => event.path.endsWith('/failing'));
  expect(seen.filter((event) => event.variant === 'next' && event.status === 500).length).toBeGreaterThanOrEqual(20);
});

it('takes a slow variant back', async () => {
  await started(0, 'slow');
  await ended(0, 'slow');
  const reasons = () => notes(0).map(({ reason }) => reason);
  await waitFor('the note', () => reasons().length > 1);
  expect(reasons().at(-1)).toContain('95th percentile');
});

it('leaves a variant alone that does as well as the others, or as badly', async () => {
  for (const name of ['good', 'both']) {
    await started(0, name);
    await variants(0, name, 120);
    await started(0, `probe-${name}`);
    await ended(0, `probe-${name}`);
    expect((await variants(0, name, 60)).has('green')).toBe(true);
  }
});
