import type { Declaration } from '@parley/contracts/declaration';
import { certificateIdentity } from '@parley/domain/certificates/certificate-names';
import { Fault } from '@parley/kernel/fault';
import { completePrice } from '../model-prices/complete-price.ts';
import { compareApis } from './compare-apis.ts';
import { bySlug, differences, type Item, Plan, type PlannedStep, type Target, type TenantState } from './plan.ts';

/** What would make the tenant (in canonical form) as the document (`wanted`) says. Pure; changes nothing. */
export function compare(state: TenantState, wanted: Declaration): PlannedStep[] {
  const current = state.declaration;
  if (wanted.tenant && wanted.tenant !== current.tenant) {
    throw new Fault(
      'conflict',
      `The document is for the tenant “${wanted.tenant}”, but the token belongs to “${current.tenant}”.`,
    );
  }
  const plan = new Plan();
  compareProviders(plan, current, wanted);
  compareModels(plan, current, wanted);
  compareSimple(plan, 'upstream', current.upstreams, wanted.upstreams, [
    'name',
    'baseUrl',
    'connectTimeoutMs',
    'headersTimeoutMs',
    'totalTimeoutMs',
    'options',
  ]);
  comparePartials(plan, current, wanted);
  const changedPrompts = comparePrompts(plan, current, wanted);
  compareLabels(plan, state, wanted, changedPrompts);
  compareApis(plan, state, wanted, changedPrompts);
  compareHosts(plan, current, wanted);
  compareApplications(plan, current, wanted);
  compareBudgets(plan, current, wanted);
  return plan.steps;
}

/** What a budget is about and its period stay; all else may change. */
function compareBudgets(plan: Plan, current: Declaration, wanted: Declaration): void {
  const have = bySlug(current.budgets);
  for (const one of wanted.budgets) {
    const existing = have.get(one.slug);
    if (!existing) plan.add('create', one.slug, { kind: 'budget', wanted: one });
    else {
      if (differences(one, existing, ['scope', 'subject', 'period']).length > 0) {
        throw new Fault(
          'conflict',
          `The budget ${one.slug} is about something else. Archive it before, or use another name.`,
        );
      }
      const changes = differences(one, existing, ['name', 'amount', 'mode', 'thresholds', 'webhook']);
      if (changes.length > 0) plan.add('update', one.slug, { kind: 'budget', wanted: one }, changes);
    }
  }
}

/** Adds hosts that are missing; which API one is for does not change. */
function compareHosts(plan: Plan, current: Declaration, wanted: Declaration): void {
  for (const one of wanted.hosts) {
    const held = current.hosts.find(({ host }) => host === one.host);
    if (!held) plan.add('create', one.host, { kind: 'host', wanted: one });
    else if (held.api !== one.api) {
      throw new Fault('conflict', `The host ${one.host} is for something else. Remove it before.`);
    }
  }
}

function compareSimple(
  plan: Plan,
  kind: 'upstream',
  current: readonly Item<'upstreams'>[],
  wanted: readonly Item<'upstreams'>[],
  fields: readonly string[],
): void {
  const have = bySlug(current);
  for (const one of wanted) {
    const existing = have.get(one.slug);
    if (!existing) plan.add('create', one.slug, { kind, wanted: one });
    else {
      const changes = differences(one, existing, fields);
      if (changes.length > 0) plan.add('update', one.slug, { kind, wanted: one }, changes);
    }
  }
}

function compareProviders(plan: Plan, current: Declaration, wanted: Declaration): void {
  const have = bySlug(current.providers);
  for (const one of wanted.providers) {
    const existing = have.get(one.slug);
    const target: Target = { kind: 'provider', wanted: one };
    if (!existing) plan.add('create', one.slug, target);
    else {
      const changes = differences(one, existing, [
        'name',
        'preset',
        'format',
        'baseUrl',
        'settings',
        'connectTimeoutMs',
        'headersTimeoutMs',
        'totalTimeoutMs',
      ]);
      if (changes.length > 0) plan.add('update', one.slug, target, changes);
    }
    const labels = new Map(existing?.keys.map((key) => [key.label, key]));
    for (const key of one.keys) {
      const before = labels.get(key.label);
      const target: Target = { kind: 'provider key', provider: one.slug, wanted: key };
      const changes = before ? differences(key, before, ['weight', 'limits']) : [];
      if (!before) plan.add('create', `${one.slug}/${key.label}`, target);
      else if (changes.length > 0) plan.add('update', `${one.slug}/${key.label}`, target, changes);
    }
  }
}

function compareModels(plan: Plan, current: Declaration, wanted: Declaration): void {
  const have = bySlug(current.models);
  for (const one of wanted.models) {
    const existing = have.get(one.slug);
    const target: Target = { kind: 'model', wanted: one };
    if (!existing) plan.add('create', one.slug, target);
    else {
      const changes = differences(one, existing, [
        'name',
        'provider',
        'providerModel',
        'contextTokens',
        'maxOutputTokens',
        'capabilities',
      ]);
      if (changes.length > 0) plan.add('update', one.slug, target, changes);
    }
    if (!one.price) continue;
    // What was left out stays out: those rates follow others.
    const price = completePrice({ ...one.price, perRequest: one.price.perRequest ?? '0' });
    const wanted = normalAmounts(price);
    const changes = differences(wanted, existing?.price ?? {}, Object.keys(wanted));
    if (changes.length > 0)
      plan.add(
        existing?.price ? 'update' : 'create',
        one.slug,
        { kind: 'price', model: one.slug, wanted: price },
        changes,
      );
  }
}

/** "2.50" and "2.5" are one amount. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value === 'object' && value !== null) return normalAmounts(value);
  return typeof value === 'string' && /^\d+\.\d*0+$/.test(value) ? value.replace(/\.?0+$/, '') : value;
}

function normalAmounts(price: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(price).flatMap(([field, value]) => (value === undefined ? [] : [[field, normal(value)] as const])),
  );
}

function comparePartials(plan: Plan, current: Declaration, wanted: Declaration): void {
  const have = bySlug(current.promptPartials);
  for (const one of wanted.promptPartials) {
    const existing = have.get(one.slug);
    const target: Target = { kind: 'shared text', wanted: one };
    if (!existing) plan.add('create', one.slug, target);
    else {
      const changes = differences(one, existing, ['text']);
      if (changes.length > 0) plan.add('update', one.slug, target, changes);
    }
  }
}

/** After the versions that they may lead to. */
function compareLabels(plan: Plan, state: TenantState, wanted: Declaration, changedPrompts: ReadonlySet<string>): void {
  const have = bySlug(state.declaration.prompts);
  for (const { slug, labels = {} } of wanted.prompts) {
    const held = have.get(slug)?.labels ?? {};
    const newest = state.latestPromptNumbers.get(slug) ?? null;
    for (const [label, version] of Object.entries(labels)) {
      const from = held[label] ?? null;
      const stays = version === 'latest' ? !changedPrompts.has(slug) && from === newest : from === version;
      if (stays) continue;
      plan.add(
        from === null ? 'create' : 'move',
        `${slug}/${label}`,
        { kind: 'prompt label', prompt: slug, label, version },
        [{ field: 'version', from: from === null ? null : String(from), to: String(version) }],
      );
    }
  }
}

/** What a document says of a prompt, beside the shared texts that are put in when it is saved. */
const SAID = ['model', 'messages', 'variables', 'settings', 'output', 'examples'] as const;

/** Adds what differs of prompts; answers those that get a new version. */
function comparePrompts(plan: Plan, current: Declaration, wanted: Declaration): ReadonlySet<string> {
  const have = bySlug(current.prompts);
  const changed = new Set<string>();
  for (const one of wanted.prompts) {
    const existing = have.get(one.slug);
    if (!existing) {
      plan.add('create', one.slug, { kind: 'prompt', wanted: one });
      changed.add(one.slug);
      continue;
    }
    const changes = differences(one, existing, ['name', 'description']);
    if (changes.length > 0) plan.add('update', one.slug, { kind: 'prompt', wanted: one }, changes);
    const inside = differences({ examples: [], ...one.definition }, { examples: [], ...existing.definition }, SAID);
    if (inside.length > 0) {
      plan.add('update', one.slug, { kind: 'prompt version', wanted: one }, inside);
      changed.add(one.slug);
    }
  }
  return changed;
}

function compareApplications(plan: Plan, current: Declaration, wanted: Declaration): void {
  const have = bySlug(current.applications);
  for (const one of wanted.applications) {
    const existing = have.get(one.slug);
    if (!existing) plan.add('create', one.slug, { kind: 'application', wanted: one });
    else {
      const changes = differences(one, existing, ['name', 'description']);
      if (changes.length > 0) plan.add('update', one.slug, { kind: 'application', wanted: one }, changes);
    }
    const keys = new Set(existing?.keys.map((key) => key.name));
    for (const key of one.keys) {
      if (!keys.has(key.name))
        plan.add('create', `${one.slug}/${key.name}`, { kind: 'key', application: one.slug, wanted: key });
    }
    compareIdentities(plan, one, existing);
    for (const item of one.subscriptions) {
      const api = item.api.includes('/') ? item.api : `${current.tenant}/${item.api}`;
      const before = existing?.subscriptions.find((held) => held.api === api);
      const name = `${one.slug} → ${api}`;
      const target: Target = { kind: 'subscription', application: one.slug, wanted: { ...item, api } };
      if (!before) plan.add('request', name, target);
      else if (before.plan !== item.plan) {
        throw new Fault(
          'conflict',
          `${one.slug} holds the plan “${before.plan}” of ${api}. Cancel that subscription before asking for “${item.plan}”.`,
        );
      }
    }
  }
}

/** A certificate by what it is kept as; one that is wrong is told when it is added. */
function asKept(wanted: Item<'applications'>['identities'][number]) {
  if (wanted.kind !== 'certificate') return wanted;
  const found = certificateIdentity(wanted);
  return { ...wanted, ...('field' in found ? {} : found) };
}

/** Adds identities that are missing. One of the same name for another credential is no change that can be made. */
function compareIdentities(plan: Plan, one: Item<'applications'>, existing: Item<'applications'> | undefined): void {
  for (const wanted of one.identities) {
    const held = existing?.identities.find(({ name }) => name === wanted.name);
    const name = `${one.slug}/${wanted.name}`;
    if (!held) plan.add('create', name, { kind: 'identity', application: one.slug, wanted });
    else if (differences(asKept(wanted), held, ['kind', 'issuer', 'subject', 'scopes']).length > 0) {
      throw new Fault(
        'conflict',
        `The identity ${name} stands for another credential. Remove it before, or rename this.`,
      );
    }
  }
}
