import { sealSettings, sealTurn, settingsSchema, type TurnContent } from '@parley/context/session';
import { newId } from '@parley/kernel/id';
import { openDataKey } from '@parley/kernel/seal';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { listAudit } from '../audit/list.ts';
import { callStore } from '../requests/calls.suite.ts';
import { deleteContextSession } from './delete.ts';
import { getContextSession } from './get.ts';
import { listContextSessions } from './list.ts';
import { previewContextSession } from './preview.ts';
import { readContextSession } from './read.ts';

const kit = testContext();
const store = callStore();
afterAll(() => Promise.all([kit.close(), store.close()]));

const DAY_MS = 86_400_000;
const PICTURE = 'A'.repeat(4000);
const CONTENT: TurnContent = {
  author: { party: 'bot', kind: 'agent', on_behalf_of: 'mira' },
  model: 'fast',
  dialect: 'openai_chat',
  messages: [
    {
      role: 'user',
      parts: [
        { kind: 'text', text: 'A secret question' },
        { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: PICTURE } },
      ],
    },
    { role: 'assistant', parts: [{ kind: 'tool_call', id: 'c1', name: 'find', arguments: '{"a":1}' }] },
    { role: 'user', parts: [{ kind: 'tool_result', callId: 'c1', parts: [{ kind: 'text', text: 'found' }] }] },
  ],
  tokens: [7, 5, 3],
};

type Tenant = Awaited<ReturnType<typeof kit.tenant>>;

/** A tenant with a session of one turn, kept as the worker keeps it, and the record of the call that made it. */
async function withSession(
  keepMs = DAY_MS,
  more: { owner?: string } = {},
): Promise<Tenant & { id: string; turn: string }> {
  const tenant = await kit.tenant();
  const { tenantId } = tenant;
  const application = await createApplication(tenant.owner, { slug: 'desk', name: 'Desk' });
  const [id, turn] = [newId(), newId()];
  const at = new Date();
  await store.db.within({}, async (tx) => {
    const { sealed } = await tx.tenantKey.findFirstOrThrow({ where: { tenantId } });
    const key = openDataKey(kit.settings.masterKey, sealed, tenantId);
    const settings = settingsSchema.parse({ title: 'A secret title', token_budget: 500 });
    await tx.contextSession.create({
      data: {
        tenantId,
        id,
        applicationId: application.id,
        owner: more.owner ?? '',
        version: 1n,
        state: 'active',
        sealed: new Uint8Array(sealSettings(key, id, settings)),
        createdAt: at,
        updatedAt: at,
        keepUntil: new Date(at.getTime() + keepMs),
      },
    });
    const content = new Uint8Array(sealTurn(key, id, turn, CONTENT));
    const place = { tenantId, sessionId: id, id: turn, sequence: 2n, revision: 1n };
    await tx.sessionTurn.create({ data: { ...place, state: 'complete', sealed: content, at } });
  });
  await store.store({
    tenantId: newId(),
    consumerTenantId: tenantId,
    applicationId: application.id,
    id: turn,
    sessionId: `ses_${id}`,
    kind: 'chat',
    model: 'fast',
    inputTokens: 40,
    outputTokens: 5,
    costNano: 1234n,
    partyActing: 'bot',
    partyPrincipal: 'mira',
    partyTokenId: newId(),
  });
  return { ...tenant, id: `ses_${id}`, turn };
}

test('facts and records are told without a word of what was said', async () => {
  const { owner, as, id, turn } = await withSession(DAY_MS, { owner: 'somebody' });
  const viewer = await as('viewer');
  const { items } = await listContextSessions(viewer, {});
  const about = { id, state: 'active', personal: true, turns: 1, calls: 1, parties: ['bot'], models: ['fast'] };
  expect(items).toEqual([expect.objectContaining(about)]);
  const found = await getContextSession(viewer, { session: id });
  expect(found).toMatchObject({ ...about, strategy: { strategy: 'sliding', tokenBudget: 500 } });
  expect(found.strategies).toEqual(expect.arrayContaining(['sliding', 'none', 'truncate']));
  const party = { acting: 'bot', principal: 'mira' };
  expect(found.timeline).toMatchObject([{ id: turn, state: 'complete', call: { costNano: '1234', party } }]);
  expect(JSON.stringify([items, found])).not.toContain('secret');
  for (const filter of [
    { party: 'mira' },
    { search: id.slice(0, 20) },
    { state: 'active' },
    { application: 'desk' },
  ] as const) {
    expect((await listContextSessions(owner, filter)).items).toHaveLength(1);
  }
  for (const filter of [{ party: 'nobody' }, { search: 'ses_ffff' }, { state: 'archived' }, { search: '%' }] as const) {
    expect((await listContextSessions(owner, filter)).items).toEqual([]);
  }
});

test('what was said opens to who may read bodies, and each reading stands in the audit log without the words', async () => {
  const { owner, as, id } = await withSession();
  const read = await readContextSession(owner, { session: id });
  expect(read).toMatchObject({ title: 'A secret title', nextAfter: null });
  expect(read.turns[0]?.author).toEqual({ party: 'bot', kind: 'agent', role: null, onBehalfOf: 'mira' });
  const [question, call, result] = read.turns[0]?.messages ?? [];
  expect(question).toMatchObject({
    role: 'user',
    tokens: 7,
    parts: [{ text: 'A secret question' }, { about: 'image/png, 3 kB' }],
  });
  expect(call?.parts).toMatchObject([{ kind: 'tool_call', name: 'find', text: '{"a":1}', callId: 'c1' }]);
  expect(result?.parts).toMatchObject([{ kind: 'tool_result', text: 'found', callId: 'c1' }]);
  expect(JSON.stringify(read)).not.toContain(PICTURE);
  const { items } = await listAudit(owner, { action: 'contextSessions.read' });
  expect(items).toHaveLength(1);
  expect(JSON.stringify(items)).not.toContain('secret');
  for (const role of ['viewer', 'developer', 'publisher'] as const) {
    await expect(readContextSession(await as(role), { session: id })).rejects.toMatchObject({ code: 'forbidden' });
  }
});

test('to another tenant, and after its time, a session is not there', async () => {
  const theirs = await withSession();
  const { owner } = await kit.tenant();
  const past = await withSession(-1);
  const tries = [
    { context: owner, session: theirs.id },
    { context: past.owner, session: past.id },
  ];
  for (const { context, session } of tries) {
    for (const verb of [getContextSession, readContextSession, previewContextSession, deleteContextSession]) {
      await expect(verb(context, { session })).rejects.toMatchObject({ code: 'not_found' });
    }
    expect((await listContextSessions(context, {})).items).toEqual([]);
  }
});
