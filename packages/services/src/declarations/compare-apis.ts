import type { Declaration } from '@parley/contracts/declaration';
import { Fault } from '@parley/kernel/fault';
import { withImportedRoutes } from './imported-version.ts';
import {
  type Api,
  bySlug,
  type Change,
  differences,
  type Plan,
  shorten,
  type Target,
  type TenantState,
  type Version,
} from './plan.ts';

/** Adds what differs of APIs, their plans and versions. `changedPrompts` are those that get a new version in this plan. */
export function compareApis(
  plan: Plan,
  state: TenantState,
  wanted: Declaration,
  changedPrompts: ReadonlySet<string>,
): void {
  const have = bySlug(state.declaration.apis);
  for (const one of wanted.apis) {
    const existing = have.get(one.slug);
    if (existing && existing.kind !== one.kind) {
      throw new Fault(
        'conflict',
        `The API “${one.slug}” is of kind ${existing.kind} and cannot become ${one.kind}; choose another slug.`,
      );
    }
    const target: Target = { kind: 'api', wanted: one };
    if (!existing) plan.add('create', one.slug, target);
    else {
      const changes = differences(one, existing, [
        'name',
        'summary',
        'description',
        'category',
        'tags',
        'visibility',
        'team',
        'maxBodyBytes',
      ]);
      if (changes.length > 0) plan.add('update', one.slug, target, changes);
    }
    const plans = bySlug(existing?.plans ?? []);
    for (const item of one.plans) {
      const before = plans.get(item.slug);
      const name = `${one.slug}/${item.slug}`;
      if (!before) plan.add('create', name, { kind: 'plan', api: one.slug, wanted: item });
      else {
        const changes = differences(item, before, ['name', 'description', 'limits', 'approval']);
        if (changes.length > 0) plan.add('update', name, { kind: 'plan', api: one.slug, wanted: item }, changes);
      }
      const repriced = differences({ price: item.price }, { price: before?.price }, ['price']);
      if (item.price && repriced.length > 0) {
        plan.add(
          before?.price ? 'update' : 'create',
          name,
          { kind: 'plan price', api: one.slug, plan: item.slug, wanted: item.price },
          repriced,
        );
      }
    }
    for (const version of one.versions.map(withImportedRoutes)) {
      compareVersion(
        plan,
        one.slug,
        version,
        existing?.versions.find((item) => item.version === version.version),
        state,
        changedPrompts,
      );
    }
    compareAliases(plan, one, existing);
  }
}

/** After the versions: an alias leads to one that is published. */
function compareAliases(plan: Plan, { slug, aliases }: Api, existing: Api | undefined): void {
  if (aliases === undefined) return;
  const held = existing?.aliases ?? {};
  for (const alias of new Set([...Object.keys(held), ...Object.keys(aliases)])) {
    const [from, to] = [held[alias] ?? null, aliases[alias] ?? null];
    if (from === to) continue;
    const action = to === null ? 'remove' : from === null ? 'create' : 'move';
    plan.add(action, `${slug}/${alias}`, { kind: 'alias', api: slug, alias, version: to }, [
      { field: 'version', from, to },
    ]);
  }
}

function compareVersion(
  plan: Plan,
  api: string,
  wanted: Version,
  existing: Version | undefined,
  state: TenantState,
  changedPrompts: ReadonlySet<string>,
): void {
  const name = `${api}/${wanted.version}`;
  if (!existing) plan.add('create', name, { kind: 'api version', api, wanted });
  const inWords = existing ? differences(wanted, existing, ['changelog']) : [];
  if (inWords.length > 0) plan.add('update', name, { kind: 'api version', api, wanted }, inWords);
  const changes = definitionChanges(wanted, existing, state, changedPrompts);
  if (changes.length > 0) plan.add(existing ? 'update' : 'create', name, { kind: 'definition', api, wanted }, changes);
  const from = existing?.state ?? 'draft';
  if (from !== wanted.state) {
    plan.add('move', name, { kind: 'state', api, version: wanted.version, from, to: wanted.state }, [
      { field: 'state', from, to: wanted.state },
    ]);
  }
}

function definitionChanges(
  wanted: Version,
  existing: Version | undefined,
  state: TenantState,
  changedPrompts: ReadonlySet<string>,
): Change[] {
  const changes = differences(wanted, existing ?? {}, [
    'routes',
    'prompt',
    'promptVersion',
    'promptLabel',
    'models',
    'policies',
    'openapi',
  ]);
  if (!wanted.prompt || wanted.promptVersion || wanted.promptLabel || changes.length > 0) return changes;
  // No number asks for the latest: it differs when a newer one is being saved, or was saved since.
  const served = existing?.promptVersion ?? null;
  const newest = state.latestPromptNumbers.get(wanted.prompt) ?? null;
  if (changedPrompts.has(wanted.prompt) || (newest !== null && newest !== served)) {
    return [{ field: 'promptVersion', from: shorten(served), to: 'the latest' }];
  }
  return [];
}
