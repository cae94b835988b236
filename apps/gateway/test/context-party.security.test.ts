import { newId } from '@parley/kernel/id';
import { newDataKey, parseMasterKey } from '@parley/kernel/seal';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MASTER_KEY, publisher } from './documents.ts';
import { openPartyLab, PARTIES, type PartyLab } from './party-lab.ts';
import { publishTenant } from './publish.ts';

/** docs/context-protocol.md, CP-2.2: what party tokens reach of an application's sessions. */
let lab: PartyLab;
beforeAll(async () => {
  lab = await openPartyLab();
  const { tenantId } = lab.caller;
  const { sealed } = newDataKey(parseMasterKey(MASTER_KEY), tenantId);
  const { doc } = publisher(`own-${newId().slice(-8)}`);
  await publishTenant(lab.world.redis, { ...doc, tenantId, sealedDataKey: sealed });
});
afterAll(() => lab.close());

async function open(): Promise<string> {
  const made = await lab.post('/v1/sessions', lab.key.secret, {});
  expect(made.status, await made.clone().text()).toBe(201);
  return ((await made.json()) as { id: string }).id;
}

function ask(token: string, session: string): Promise<Response> {
  const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }] });
  const headers = { 'content-type': 'application/json', 'x-context-id': session };
  return lab.call('/v1/chat/completions', token, { method: 'POST', body, headers });
}

it('a party goes on with the session of its token where its permissions say so, and with no other', async () => {
  const [id, other] = [await open(), await open()];
  const issue = async (actions: readonly string[]): Promise<string> => {
    const [customer, bot] = PARTIES(lab.slug);
    const permissions = [...(bot?.permissions ?? []), { actions, resources: ['session:**'] }];
    const audience = { apis: [`${lab.slug}/llm`], sessions: [id] };
    return (await lab.issue({ parties: [customer, { ...bot, permissions }], audience })).party_token;
  };
  const token = await issue(['session:read', 'session:append']);
  const good = await ask(token, id);
  expect(good.status, await good.clone().text()).toBe(200);
  expect(good.headers.get('x-context-id')).toBe(id);
  const elsewhere = await ask(token, other);
  expect([elsewhere.status, await elsewhere.text()]).toEqual([404, expect.stringContaining('context_not_found')]);
  const reader = await ask(await issue(['session:read']), id);
  expect([reader.status, await reader.text()]).toEqual([403, expect.stringContaining('party_denied')]);
  const listed = await lab.call('/v1/sessions', token);
  expect(listed.status).toBe(401);
});
