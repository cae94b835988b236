import type { PromptDefinition } from '@parley/contracts/snapshot';
import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { getApiVersion } from '../api-versions/get.ts';
import { setDefinition } from '../api-versions/set-definition.ts';
import { setPolicies } from '../api-versions/set-policies.ts';
import { listAudit } from '../audit/list.ts';
import type { Context } from '../context.ts';
import { createPrompt } from '../prompts/create.ts';
import { getPrompt } from '../prompts/get.ts';
import { rollbackPrompt } from '../prompts/rollback.ts';
import { savePromptVersion } from '../prompts/save-version.ts';
import { compileTenantSnapshot } from '../snapshots/compile-tenant.ts';
import { announced, faultOf, GREETING, withPromptApi } from '../test/publisher.ts';
import { listPromptLabels } from './list.ts';
import { moveBackPromptLabel } from './move-back.ts';
import { removePromptLabel } from './remove.ts';
import { setPromptLabel } from './set.ts';

const kit = testContext();
const worker = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
afterAll(() => Promise.all([kit.close(), worker.close()]));

const AT = { api: 'greet', version: 'v1' };
const saying = (text: string, more: Partial<PromptDefinition> = {}): PromptDefinition => ({
  ...GREETING,
  messages: [{ role: 'user', text }],
  ...more,
});
const targetOf = async (tenantId: string) => {
  const doc = await worker.within({}, (tx) => compileTenantSnapshot(tx, tenantId, 1));
  const target = doc?.apis[0]?.versions[0]?.target;
  if (target?.kind !== 'prompt') throw new Error('no prompt is served');
  return target;
};
const texts = (definition: PromptDefinition) => definition.messages.map(({ text }) => text);

/** A published prompt API with two versions of its prompt, and the label `production` at the first, which it follows. */
async function labelled(owner: Context): Promise<void> {
  await withPromptApi(owner);
  await savePromptVersion(owner, { prompt: 'greeting', definition: saying('Hail {{name}}.') });
  await setPromptLabel(owner, { prompt: 'greeting', label: 'production', promptVersion: 1 });
  await setDefinition(owner, { ...AT, definition: { kind: 'prompt', prompt: 'greeting', promptLabel: 'production' } });
}

describe('labels of a prompt', () => {
  it('move what an API serves and back, in one press each, with an audit entry and a new snapshot', async () => {
    const tenant = await kit.tenant();
    const { owner, tenantId } = tenant;
    await labelled(owner);
    expect(texts((await targetOf(tenantId)).definition)).toEqual(['Greet {{name}}.']);
    const before = (await announced(tenant)).length;
    const moved = await setPromptLabel(owner, { prompt: 'greeting', label: 'production', promptVersion: 2 });
    expect(moved.items).toMatchObject([
      { label: 'production', version: 2, previousVersion: 1, movedBy: 'Test owner', usedBy: [AT] },
    ]);
    expect(texts((await targetOf(tenantId)).definition)).toEqual(['Hail {{name}}.']);
    expect(await getApiVersion(owner, AT)).toMatchObject({
      definition: { promptLabel: 'production', promptVersion: 2 },
    });
    expect((await getPrompt(owner, { prompt: 'greeting' })).publishedAs).toMatchObject([
      { ...AT, promptVersion: 2, promptLabel: 'production' },
    ]);
    await moveBackPromptLabel(owner, { prompt: 'greeting', label: 'production' });
    expect(texts((await targetOf(tenantId)).definition)).toEqual(['Greet {{name}}.']);
    expect((await announced(tenant)).slice(before).map(({ topic }) => topic)).toEqual([
      'snapshot.tenant',
      'snapshot.tenant',
    ]);
    const actions = (await listAudit(owner, {})).items.map(({ action }) => action);
    expect(actions.slice(0, 2)).toEqual(['promptLabels.moveBack', 'promptLabels.set']);
  });

  it('say what callers will notice, and refuse a version that could not be served', async () => {
    const { owner } = await kit.tenant();
    await labelled(owner);
    const variables = [{ name: 'who', type: 'string' as const, description: '', required: true }];
    await savePromptVersion(owner, { prompt: 'greeting', definition: saying('Hail {{who}}.', { variables }) });
    const { warnings } = await setPromptLabel(owner, { prompt: 'greeting', label: 'production' });
    expect(warnings).toEqual([
      'Callers of greet/v1: “who” has to be sent now.',
      'Callers of greet/v1: “name” is refused now.',
    ]);
    const may = { ...owner, permissions: new Set([...owner.permissions].filter((one) => one !== 'apis.publish')) };
    expect((await faultOf(moveBackPromptLabel(may, { prompt: 'greeting', label: 'production' }))).code).toBe(
      'forbidden',
    );
  });

  it('are opened to callers and to experiments by policies, which must name what is there', async () => {
    const { owner, tenantId } = await kit.tenant();
    await labelled(owner);
    await setPromptLabel(owner, { prompt: 'greeting', label: 'staging', promptVersion: 2 });
    const experiment = {
      variants: [
        { name: 'now', weight: 5000 },
        { name: 'next', promptVersion: 2, weight: 5000 },
      ],
    };
    await setPolicies(owner, { ...AT, policies: { promptLabels: { allow: ['staging'] }, experiment } });
    const { others } = await targetOf(tenantId);
    expect(others).toMatchObject([{ number: 2, labels: ['staging'], definition: saying('Hail {{name}}.') }]);
    const wrong = await faultOf(
      setPolicies(owner, {
        ...AT,
        policies: {
          promptLabels: { allow: ['nowhere'] },
          experiment: {
            variants: [
              { ...experiment.variants[0], model: 'nope' },
              { ...experiment.variants[1], promptVersion: 9 },
            ],
          } as never,
        },
      }),
    );
    expect(wrong.issues.map(({ path }) => path)).toEqual([
      'policies.promptLabels.allow.0',
      'policies.experiment.variants.1.promptVersion',
      'models',
    ]);
    const used = await faultOf(removePromptLabel(owner, { prompt: 'greeting', label: 'staging' }));
    expect(used.message).toContain('its prompt labels');
    await setPolicies(owner, { ...AT, policies: {} });
    expect((await removePromptLabel(owner, { prompt: 'greeting', label: 'staging' })).items).toHaveLength(1);
  });

  it('are refused by names that are none, for prompts without versions, and before they were moved', async () => {
    const { owner } = await kit.tenant();
    await createPrompt(owner, { slug: 'empty', name: 'Empty' });
    expect((await faultOf(setPromptLabel(owner, { prompt: 'empty', label: 'x' }))).code).toBe('not_found');
    expect((await faultOf(setPromptLabel(owner, { prompt: 'empty', label: 'Not one' }))).code).toBe('invalid_input');
    expect((await listPromptLabels(owner, { prompt: 'empty' })).items).toEqual([]);
    await labelled(owner);
    expect((await faultOf(moveBackPromptLabel(owner, { prompt: 'greeting', label: 'production' }))).code).toBe(
      'invalid_state',
    );
  });

  it('stay where two people move them at once: the moves come one after another', async () => {
    const { owner } = await kit.tenant();
    await labelled(owner);
    await Promise.all(
      [1, 2, 1, 2].map((promptVersion) => setPromptLabel(owner, { prompt: 'greeting', label: 'fresh', promptVersion })),
    );
    const { items } = await listPromptLabels(owner, { prompt: 'greeting' });
    expect(items.find(({ label }) => label === 'fresh')?.previousVersion).not.toBeNull();
  });
});

it('a prompt rolls back to an earlier version as its next one, once', async () => {
  const { owner } = await kit.tenant();
  await labelled(owner);
  expect(await rollbackPrompt(owner, { prompt: 'greeting', promptVersion: 1 })).toMatchObject({
    number: 3,
    added: true,
    note: 'As version 1',
    definition: GREETING,
  });
  expect(await rollbackPrompt(owner, { prompt: 'greeting', promptVersion: 1 })).toMatchObject({
    number: 3,
    added: false,
  });
});
