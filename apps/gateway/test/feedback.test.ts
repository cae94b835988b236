import { givenFeedbackSchema } from '@parley/contracts/feedback';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKey, application } from './documents.ts';
import { publishApplication } from './publish.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let secret: string;
let app: ReturnType<typeof application>;
beforeAll(async () => {
  world = await openWorld();
  const key = apiKey();
  secret = key.secret;
  app = application([], [key.entry]);
  await publishApplication(world.redis, app);
});
afterAll(() => world.close());

/** A UUIDv7 of this moment: made of another's rest, as making ids of the future would put off those that follow. */
function idAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`;
}

const give = (body: unknown, headers: Record<string, string> = { authorization: `Bearer ${secret}` }) =>
  fetch(`${world.url}/v1/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const given = () =>
  world.jobs.jobs.flatMap(({ name, payload }) =>
    name === 'feedback.store' ? [givenFeedbackSchema.parse(payload)] : [],
  );

describe('feedback', () => {
  it('is taken from whoever has a key, under the name of its application, and recorded like every call', async () => {
    const requestId = newId();
    const answer = await give({ request_id: requestId, score: 0.8, comment: 'Good.' });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ request_id: requestId });
    expect(given()).toMatchObject([
      { requestId, applicationId: app.applicationId, consumerTenantId: app.tenantId, score: 0.8, comment: 'Good.' },
    ]);
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({
      path: '/v1/feedback',
      status: 202,
      costNano: '0',
    });
  });

  it.each([
    ['no key', { request_id: newId(), score: 1 }, 401, 'key_missing', {}],
    ['no score', { request_id: newId() }, 400, 'invalid_parameter'],
    ['a score beyond its bounds', { request_id: newId(), score: 5 }, 400, 'invalid_parameter'],
    ['an id of no request', { request_id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8', score: 1 }, 400, 'invalid_parameter'],
    ['an id of the future', { request_id: idAt(Date.now() + 3_600_000), score: 1 }, 400, 'invalid_parameter'],
    ['an id of long ago', { request_id: idAt(1_700_000_000_000), score: 1 }, 400, 'invalid_parameter'],
    ['a field nobody knows', { request_id: newId(), score: 1, tenant: 'x' }, 400, 'invalid_parameter'],
    ['a list', [], 400, 'invalid_parameter'],
    ['what is not JSON', '{', 400, 'malformed_json'],
    ['a book', { request_id: newId(), score: 1, comment: 'x'.repeat(20_000) }, 413, 'body_too_large'],
  ] as const)('refuses %s', async (_, body, status, code, headers?: Record<string, string>) => {
    const before = given().length;
    const answer = await give(body, headers);
    expect({ status: answer.status, code: ((await answer.json()) as { code: string }).code }).toEqual({ status, code });
    expect(given()).toHaveLength(before);
  });

  it('says so when it cannot be kept, and when there is more of it than is taken', async () => {
    world.jobs.fail = true;
    try {
      expect((await give({ request_id: newId(), score: 1 })).status).toBe(503);
    } finally {
      world.jobs.fail = false;
    }
    const statuses = new Set<number>();
    for (let round = 0; round < 30 && !statuses.has(429); round++) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => give({ request_id: newId(), score: 1 })));
      for (const { status } of answers) statuses.add(status);
    }
    expect(statuses).toEqual(new Set([202, 429]));
    expect((await fetch(`${world.url}/v1/feedback`, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(
      405,
    );
  });
});
