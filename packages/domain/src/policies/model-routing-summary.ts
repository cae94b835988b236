import type { ModelAlias, ModelRoutingPolicy, ModelStrategy } from '@parley/contracts/policies/model-routing';

const CHOSEN: Readonly<Record<ModelStrategy, string>> = {
  ordered: 'in this order',
  weighted: 'by weight',
  cheapest: 'the cheapest first',
  fastest: 'the fastest first',
  leastBusy: 'the least busy first',
};

function aliasInWords({ name, targets, strategy, semantic }: ModelAlias): string {
  const models = targets.map(({ model }) => model);
  if (semantic !== undefined) {
    const routes = semantic.routes.map((route) => route.name).join(', ');
    return `“${name}” is ${[...new Set(models)].join(', ')}: chosen by what is asked (${routes}).`;
  }
  return models.length === 1 ? `“${name}” is ${models[0]}.` : `“${name}” is ${models.join(', ')}: ${CHOSEN[strategy]}.`;
}

/** What the policy does, in sentences. */
export function modelRoutingSummary(policy: ModelRoutingPolicy): string {
  const { aliases, tries, hedge, resume } = policy;
  const shown = aliases.slice(0, 3).map(aliasInWords);
  if (aliases.length > 3) shown.push(`${aliases.length - 3} more names stand for models.`);
  shown.push(tries === 1 ? 'A model is asked once.' : `A model that fails is asked up to ${tries} times.`);
  if (hedge !== undefined) {
    const share = Math.round(hedge.maxShare * 1000) / 10;
    shown.push(
      `Where the answer has not begun after ${hedge.afterMs} ms, another model is asked beside it, for at most ${share} % of the calls; the first to begin answers.`,
    );
  }
  if (resume) shown.push('A streamed text that breaks off is gone on with by another try.');
  return shown.join(' ');
}
