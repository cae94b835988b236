import type { Transaction } from '@parley/db/client';
import type { FieldIssue } from '@parley/kernel/fault';
import { currentPrice } from '../models/model-shape.ts';
import { readOffers } from '../prompts/offers.ts';
import type { StoredDefinition } from './definition-shape.ts';

/** Why a version could not be served if it were published now; empty when it could. */
export async function servingProblems(
  tx: Transaction,
  tenantId: string,
  apiId: string,
  definition: StoredDefinition | null,
): Promise<FieldIssue[]> {
  const plans = await tx.plan.count({ where: { tenantId, apiId, archivedAt: null } });
  const problems: FieldIssue[] = plans > 0 ? [] : [{ path: 'plans', message: 'Nobody can subscribe yet: add a plan.' }];
  if (!definition) {
    return [...problems, { path: 'definition', message: 'It serves nothing yet: say what it should serve.' }];
  }
  return [...problems, ...(await definitionProblems(tx, tenantId, definition))];
}

/** Why this definition could not be served now, whatever the plans. */
export async function definitionProblems(
  tx: Transaction,
  tenantId: string,
  definition: StoredDefinition,
): Promise<FieldIssue[]> {
  switch (definition.kind) {
    case 'rest':
      return definition.routes.length > 0
        ? []
        : [{ path: 'definition', message: 'It has no route: add at least one.' }];
    case 'prompt': {
      const { served, others, missing } = await readOffers(tx, tenantId, definition);
      if (!served) return [{ path: 'definition', message: 'Its prompt is gone. Choose another.' }];
      const tried = definition.policies?.experiment?.variants.flatMap(({ model }) => model ?? []) ?? [];
      const models = [served, ...others].map((one) => one.definition.model);
      return [...missing, ...(await modelProblems(tx, tenantId, [...new Set([...models, ...tried])]))];
    }
    case 'llm':
      return modelProblems(tx, tenantId, definition.models);
  }
}

async function modelProblems(tx: Transaction, tenantId: string, slugs: readonly string[]): Promise<FieldIssue[]> {
  const rows = await tx.model.findMany({
    where: { tenantId, slug: { in: [...slugs] } },
    include: { prices: { select: { effectiveFrom: true } } },
  });
  const models = new Map(rows.map((row) => [row.slug, row]));
  return slugs.flatMap((slug) => {
    const model = models.get(slug);
    const say = (message: string): FieldIssue[] => [{ path: 'models', message }];
    if (!model) return say(`There is no model “${slug}”. Add it or choose another.`);
    if (model.disabledAt) return say(`The model “${slug}” is out of service. Put it back or choose another.`);
    if (!currentPrice(model.prices, Date.now())) {
      return say(`The model “${slug}” has no price in force. Set one (0 is a price), so that calls can be counted.`);
    }
    return [];
  });
}
