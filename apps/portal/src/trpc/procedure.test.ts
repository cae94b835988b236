import { Fault } from '@parley/kernel/fault';
import { createTeam } from '@parley/services/teams/create';
import { listTeams } from '@parley/services/teams/list';
import { testContext } from '@parley/testkit/context';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { afterAll, expect, test } from 'vitest';
import { t as trpc } from './init.ts';
import { procedureFor } from './procedure.ts';

const kit = testContext();
afterAll(() => kit.close());

const router = trpc.router({
  list: procedureFor(listTeams),
  create: procedureFor(createTeam),
  gated: procedureFor(createTeam, async () => {
    throw new Fault('limit_reached', 'Wait a moment.');
  }),
  broken: trpc.procedure.query(() => {
    throw new Error('SELECT secret FROM somewhere');
  }),
});

async function call(path: string, input?: unknown): Promise<{ status: number; body: unknown }> {
  const { owner } = await kit.tenant();
  const write = input !== undefined;
  const response = await fetchRequestHandler({
    endpoint: '/api/trpc',
    router,
    req: new Request(`http://portal.test/api/trpc/${path}${write ? '' : '?input={}'}`, {
      method: write ? 'POST' : 'GET',
      ...(write ? { body: JSON.stringify(input), headers: { 'content-type': 'application/json' } } : {}),
    }),
    createContext: () => ({ headers: new Headers(), verbs: () => Promise.resolve(owner) }),
  });
  return { status: response.status, body: await response.json() };
}

test('a read verb answers a query and a write verb a mutation', async () => {
  expect(await call('list')).toMatchObject({ status: 200, body: { result: { data: { items: [] } } } });
  expect(await call('create', { name: 'Platform' })).toMatchObject({
    status: 200,
    body: { result: { data: { slug: 'platform' } } },
  });
  expect((await call('list', {})).status).toBe(405);
  expect((await call('create')).status).toBe(405);
});

test('a fault reaches the browser with its code, sentence and field issues', async () => {
  expect(await call('create', { name: '' })).toMatchObject({
    status: 400,
    body: {
      error: { data: { fault: { code: 'invalid_input', issues: [{ path: 'name', message: 'Give it a name.' }] } } },
    },
  });
  expect(await call('gated', { name: 'x' })).toMatchObject({
    status: 429,
    body: { error: { message: 'Wait a moment.', data: { fault: { code: 'limit_reached' } } } },
  });
});

test('a defect tells the browser that it happened and nothing of what it was', async () => {
  const answer = await call('broken');
  expect(answer.status).toBe(500);
  expect(JSON.stringify(answer.body)).not.toMatch(/SELECT|stack|node_modules/);
});
