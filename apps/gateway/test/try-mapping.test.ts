import { EXPLAIN_PATH, INTERNAL_HEADER } from '@parley/contracts/explain';
import { type MappingTrialReply, TRY_MAPPING_PATH } from '@parley/contracts/mapping-trial';
import { newId } from '@parley/kernel/id';
import { signInternalCall } from '@parley/kernel/internal-call';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from './world.ts';

const SECRET = 's'.repeat(32);
let world: World;
beforeAll(async () => {
  world = await openWorld({ internalSecret: SECRET });
});
afterAll(() => world.close());

function send(asked: object, path = TRY_MAPPING_PATH): Promise<Response> {
  const body = JSON.stringify(asked);
  const headers = { [INTERNAL_HEADER]: signInternalCall(SECRET, path, body, Date.now()) };
  return fetch(world.url + TRY_MAPPING_PATH, { method: 'POST', headers, body });
}

const tried = async (mapping: object, body: string): Promise<MappingTrialReply> =>
  (await (await send({ mapping, body, tenantId: newId() })).json()) as MappingTrialReply;

it('maps a body as a call’s would be', async () => {
  expect(await tried({ map: '{"b": a + 1}' }, '{"a":1}')).toEqual({ output: '{"b":2}', problem: null });
  expect(await tried({ from: 'xml', to: 'json' }, '<a id="1"/>')).toEqual({
    output: '{"a":{"@id":"1"}}',
    problem: null,
  });
});

it.each([
  [{ map: '$' }, '{', 'not valid JSON'],
  [{ map: '($f := function($x){$f($x)}; $f(1))' }, '{}', 'timeout'],
  [{ map: 'none' }, '{}', 'yields nothing'],
  [{ from: 'xml', to: 'json' }, '<!DOCTYPE a><a/>', 'DOCTYPE'],
])('says why %j does not map %s', async (mapping, body, said) => {
  const { output, problem } = await tried(mapping, body);
  expect([output, problem]).toEqual([null, expect.stringContaining(said)]);
});

it('believes only what is signed for this question', async () => {
  expect((await send({ mapping: { map: '$' }, body: '{}', tenantId: newId() }, EXPLAIN_PATH)).status).toBe(401);
  expect((await send({ mapping: { map: '' }, body: '{}', tenantId: newId() })).status).toBe(400);
  expect((await fetch(world.url + TRY_MAPPING_PATH, { method: 'POST', body: '{}' })).status).toBe(401);
});
