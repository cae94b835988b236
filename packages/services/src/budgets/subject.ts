import { MAX_END_USER, TAG_NAME, TAG_VALUE } from '@parley/contracts/attribution';
import type { BudgetScope } from '@parley/contracts/budget';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { isId } from '@parley/kernel/id';
import { wrongField } from '../conflict.ts';
import { tagOf } from './spent.ts';

/** Things of the tenant by id or short name; `null` where there is none. */
type Look = (tx: Transaction, tenantId: string, ref: string) => Promise<{ id: string; name: string } | null>;

const select = { id: true, name: true } as const;
const orId = (ref: string) => (isId(ref) ? { OR: [{ id: ref }, { slug: ref }] } : { slug: ref });

/** An application may be a subscriber's: row-level security shows those that hold a subscription. */
const LOOK: Readonly<Record<'team' | 'application' | 'key' | 'api', Look>> = {
  team: (tx, tenantId, ref) => tx.team.findFirst({ where: { tenantId, ...orId(ref) }, select }),
  application: async (tx, tenantId, ref) =>
    (await tx.application.findFirst({ where: { tenantId, deletedAt: null, ...orId(ref) }, select })) ??
    (isId(ref) ? tx.application.findFirst({ where: { id: ref, deletedAt: null }, select }) : null),
  key: (tx, tenantId, ref) =>
    isId(ref) ? tx.apiKey.findFirst({ where: { tenantId, id: ref }, select }) : Promise.resolve(null),
  api: (tx, tenantId, ref) => tx.api.findFirst({ where: { tenantId, ...orId(ref) }, select }),
};

const NAMES: Readonly<Record<BudgetScope, string>> = {
  tenant: 'the tenant',
  team: 'team',
  application: 'application',
  key: 'key',
  api: 'API',
  model: 'model',
  endUser: 'end user',
  tag: 'tag',
};

/** The subject as it is kept; throws `invalid_input` for what is not there or not written rightly. */
export async function resolveSubject(
  tx: Transaction,
  tenantId: string,
  scope: BudgetScope,
  given: string,
): Promise<string> {
  const ref = given.trim();
  if (scope === 'tenant') return '';
  if (ref === '') throw wrongField('subject', `Say which ${NAMES[scope]} the budget is for.`);
  switch (scope) {
    case 'model': {
      const model = await tx.model.findFirst({ where: { tenantId, slug: ref }, select: { slug: true } });
      if (!model) throw wrongField('subject', `There is no model “${ref}” in this tenant.`);
      return model.slug;
    }
    case 'endUser':
      if (ref.length > MAX_END_USER || !/^[\x20-\x7e]+$/.test(ref)) {
        throw wrongField('subject', 'End users are 1 to 256 printable ASCII characters.');
      }
      return ref;
    case 'tag': {
      const [name, value] = tagOf(ref);
      if (!ref.includes('=') || !TAG_NAME.test(name) || !TAG_VALUE.test(value)) {
        throw wrongField('subject', 'Write the tag as `name=value`, as in `project=atlas`.');
      }
      return ref;
    }
    default: {
      const found = await LOOK[scope](tx, tenantId, ref);
      if (!found) throw wrongField('subject', `There is no such ${NAMES[scope]} in this tenant.`);
      return found.id;
    }
  }
}

/** What a subject is called; ids where the thing is gone. */
export async function subjectName(
  tx: Transaction,
  tenantId: string,
  scope: BudgetScope,
  subject: string,
): Promise<string> {
  if (scope === 'tenant') return 'All calls';
  if (scope === 'model' || scope === 'endUser' || scope === 'tag') return subject;
  return (await LOOK[scope](tx, tenantId, subject))?.name ?? `deleted (…${subject.slice(-8)})`;
}

/** The budget of that short name; throws `not_found`. */
export async function findBudget(tx: Transaction, tenantId: string, slug: string) {
  const row = await tx.budget.findFirst({ where: { tenantId, slug, archivedAt: null } });
  if (!row) throw new Fault('not_found', `There is no budget “${slug}”.`);
  return row;
}
