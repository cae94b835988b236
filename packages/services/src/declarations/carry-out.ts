import type { ApplyReply } from '@parley/contracts/declaration';
import type { ApiVersionState } from '@parley/domain/api-version-lifecycle';
import { API_VERSION_LIFECYCLE } from '@parley/domain/api-version-lifecycle';
import { movesFrom, moveTo } from '@parley/domain/lifecycle';
import { unreachable } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { removeApiAlias } from '../api-aliases/remove.ts';
import { setApiAlias } from '../api-aliases/set.ts';
import { createApiVersion } from '../api-versions/create.ts';
import type { DefinitionInput } from '../api-versions/definition-shape.ts';
import { deprecateApiVersion } from '../api-versions/deprecate.ts';
import { publishApiVersion } from '../api-versions/publish.ts';
import { restoreApiVersion } from '../api-versions/restore.ts';
import { retireApiVersion } from '../api-versions/retire.ts';
import { setDefinition } from '../api-versions/set-definition.ts';
import { updateApiVersion } from '../api-versions/update.ts';
import { createApi } from '../apis/create.ts';
import { updateApi } from '../apis/update.ts';
import { addIdentity } from '../applications/add-identity.ts';
import { createApplication } from '../applications/create.ts';
import { updateApplication } from '../applications/update.ts';
import { createBudget } from '../budgets/create.ts';
import { updateBudget } from '../budgets/update.ts';
import type { Context } from '../context.ts';
import { given } from '../given.ts';
import { addHost } from '../hosts/add.ts';
import { createKey } from '../keys/create.ts';
import { addModelPrice } from '../model-prices/add.ts';
import { addModelsFromCatalogue } from '../models/add-from-catalogue.ts';
import { createModel } from '../models/create.ts';
import { updateModel } from '../models/update.ts';
import { createPlan } from '../plans/create.ts';
import { setPlanPrice } from '../plans/set-price.ts';
import { updatePlan } from '../plans/update.ts';
import { setPromptLabel } from '../prompt-labels/set.ts';
import { savePromptPartial } from '../prompt-partials/save.ts';
import { createPrompt } from '../prompts/create.ts';
import { savePromptVersion } from '../prompts/save-version.ts';
import { updatePrompt } from '../prompts/update.ts';
import { addProviderKey } from '../provider-keys/add.ts';
import { updateProviderKey } from '../provider-keys/update.ts';
import { createProvider } from '../providers/create.ts';
import { getProvider } from '../providers/get.ts';
import { updateProvider } from '../providers/update.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { createUpstream } from '../upstreams/create.ts';
import { updateUpstream } from '../upstreams/update.ts';
import type { PlannedStep, Target, Version } from './plan.ts';

type Outcome = Pick<ApplyReply, 'keys' | 'waiting'>;

/** Carries out planned steps by the very verbs that people use, in the context's transaction. */
export async function carryOut(context: Context, steps: readonly PlannedStep[]): Promise<Outcome> {
  const outcome: Outcome = { keys: [], waiting: [] };
  for (const step of steps) {
    try {
      await carryOutStep(context, step, outcome);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      throw new Fault(error.code, `${step.kind} ${step.name}: ${error.message}`, error.issues);
    }
  }
  return outcome;
}

async function carryOutStep(context: Context, step: PlannedStep, outcome: Outcome): Promise<unknown> {
  const target: Target = step.target;
  const isNew = step.action === 'create';
  switch (target.kind) {
    case 'provider': {
      const { slug, keys: _, ...fields } = target.wanted;
      if (isNew) return createProvider(context, { slug, ...fields });
      const { preset, format, ...changeable } = fields;
      const stays = step.changes.find((change) => change.field === 'preset' || change.field === 'format');
      if (stays) {
        throw new Fault(
          'invalid_state',
          `What a provider speaks stays (${preset ?? format}): add one under another short name.`,
        );
      }
      return updateProvider(context, { provider: slug, ...changeable });
    }
    case 'provider key': {
      const { secret, ...key } = target.wanted;
      if (!isNew) return changeProviderKey(context, target.provider, key);
      if (!secret) throw new Fault('invalid_input', 'This key is not there yet, so the document must give its secret.');
      return addProviderKey(context, { provider: target.provider, ...key, secret });
    }
    case 'model': {
      const { slug, price: _, catalogue, ...fields } = target.wanted;
      if (!isNew) return updateModel(context, { model: slug, ...fields });
      const { provider, providerModel } = fields;
      if (catalogue) {
        await addModelsFromCatalogue(context, {
          provider,
          models: [{ id: catalogue, slug, ...given({ providerModel }) }],
        });
        return updateModel(context, { model: slug, ...fields });
      }
      if (!providerModel) throw new Fault('invalid_input', 'A model needs providerModel, or catalogue.');
      return createModel(context, { slug, ...fields, providerModel });
    }
    case 'price':
      return addModelPrice(context, { model: target.model, ...target.wanted });
    case 'upstream': {
      const { slug, ...fields } = target.wanted;
      return isNew
        ? createUpstream(context, { slug, ...fields })
        : updateUpstream(context, { upstream: slug, ...fields });
    }
    case 'shared text':
      return savePromptPartial(context, { partial: target.wanted.slug, text: target.wanted.text });
    case 'prompt label': {
      const { prompt, label, version } = target;
      return setPromptLabel(context, { prompt, label, ...(version === 'latest' ? {} : { promptVersion: version }) });
    }
    case 'prompt': {
      const { slug, definition, labels: _, ...fields } = target.wanted;
      return isNew
        ? createPrompt(context, { slug, ...fields, definition })
        : updatePrompt(context, { prompt: slug, ...fields });
    }
    case 'prompt version':
      return savePromptVersion(context, { prompt: target.wanted.slug, definition: target.wanted.definition });
    case 'api': {
      const { slug, kind, plans: _plans, versions: _versions, ...fields } = target.wanted;
      return isNew ? createApi(context, { slug, kind, ...fields }) : updateApi(context, { api: slug, ...fields });
    }
    case 'plan': {
      const { slug, price: _, ...fields } = target.wanted;
      return isNew
        ? createPlan(context, { api: target.api, slug, ...fields })
        : updatePlan(context, { api: target.api, plan: slug, ...fields });
    }
    case 'plan price':
      return setPlanPrice(context, { api: target.api, plan: target.plan, pricing: target.wanted });
    case 'api version': {
      const { version, changelog = '' } = target.wanted;
      const fields = { api: target.api, version, changelog };
      return isNew ? createApiVersion(context, fields) : updateApiVersion(context, fields);
    }
    case 'definition': {
      const definition = definitionOf(target.wanted);
      const { version, openapi } = target.wanted;
      return setDefinition(context, { api: target.api, version, definition, ...(openapi ? { openapi } : {}) });
    }
    case 'state':
      return moveVersion(context, target);
    case 'alias': {
      const { api, alias, version } = target;
      return version === null ? removeApiAlias(context, { api, alias }) : setApiAlias(context, { api, alias, version });
    }
    case 'budget': {
      const { slug, scope, subject, period, webhook, ...fields } = target.wanted;
      if (isNew) return createBudget(context, { slug, scope, subject, period, webhook: webhook ?? null, ...fields });
      return updateBudget(context, { budget: slug, ...fields, ...(webhook === undefined ? {} : { webhook }) });
    }
    case 'host':
      return addHost(context, target.wanted);
    case 'application': {
      const { slug, name, description } = target.wanted;
      return isNew
        ? createApplication(context, { slug, name, description })
        : updateApplication(context, { application: slug, name, description });
    }
    case 'key': {
      const key = await createKey(context, { application: target.application, ...target.wanted });
      outcome.keys.push({ application: target.application, name: target.wanted.name, secret: key.secret });
      return;
    }
    case 'identity': {
      const { secret } = await addIdentity(context, { application: target.application, ...target.wanted });
      if (secret !== null) outcome.keys.push({ application: target.application, name: target.wanted.name, secret });
      return;
    }
    case 'subscription': {
      const [publisher = '', api = ''] = target.wanted.api.split('/');
      const { plan, reason } = target.wanted;
      const held = await requestSubscription(context, {
        application: target.application,
        publisher,
        api,
        plan,
        reason,
      });
      if (held.state === 'requested')
        outcome.waiting.push({ application: target.application, api: target.wanted.api, plan });
      return;
    }
    default:
      return unreachable(target);
  }
}

/** Its label says which it is; limits that the document leaves out stay. */
async function changeProviderKey(
  context: Context,
  provider: string,
  { label, ...wanted }: Omit<Extract<Target, { kind: 'provider key' }>['wanted'], 'secret'>,
): Promise<unknown> {
  const { keys } = await getProvider(context, { provider });
  const key = keys.find((one) => one.label === label);
  if (!key) throw new Fault('not_found', `The provider “${provider}” has no key “${label}”.`);
  return updateProviderKey(context, { provider, key: key.id, ...given(wanted) });
}

function definitionOf({ routes, prompt, promptVersion, promptLabel, models, policies }: Version): DefinitionInput {
  const shared = policies ? { policies } : {};
  if (routes) {
    const given = routes.map((route) => ({ ...route, upstreamPath: route.upstreamPath ?? null }));
    return { kind: 'rest', routes: given, ...shared };
  }
  if (models) return { kind: 'llm', models, ...shared };
  if (prompt) {
    const version = { ...(promptVersion ? { promptVersion } : {}), ...(promptLabel ? { promptLabel } : {}) };
    return { kind: 'prompt', prompt, ...version, ...shared };
  }
  throw new Fault('invalid_input', 'Say what it serves: routes, prompt or models.');
}

const MOVES = {
  publish: publishApiVersion,
  deprecate: deprecateApiVersion,
  restore: restoreApiVersion,
  retire: retireApiVersion,
} as const;

/** Finds the one or two moves that lead to the wanted state, by the lifecycle's own table. */
async function moveVersion(context: Context, target: Extract<Target, { kind: 'state' }>): Promise<void> {
  const path = pathTo(target.from, target.to);
  if (!path) throw new Fault('invalid_state', `A version that is ${target.from} cannot become ${target.to}.`);
  for (const move of path) await MOVES[move](context, { api: target.api, version: target.version });
}

function pathTo(from: ApiVersionState, to: ApiVersionState): (keyof typeof MOVES)[] | null {
  const usable = (state: ApiVersionState) =>
    movesFrom(API_VERSION_LIFECYCLE, state).filter((move) => Object.hasOwn(MOVES, move)) as (keyof typeof MOVES)[];
  for (const first of usable(from)) {
    const next = moveTo(API_VERSION_LIFECYCLE, from, first);
    if (next === to) return [first];
    if (!next) continue;
    const second = usable(next).find((move) => moveTo(API_VERSION_LIFECYCLE, next, move) === to);
    if (second) return [first, second];
  }
  return null;
}
