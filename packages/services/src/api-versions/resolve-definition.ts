import type { Transaction } from '@parley/db/client';
import { Fault, type FieldIssue } from '@parley/kernel/fault';
import { policyCollections, policyModels, policyProblems, policyUpstreams } from '../policies/policy-problems.ts';
import { findLabelledVersion, findPromptVersion } from '../prompts/prompt-shape.ts';
import type { ApiKind, DefinitionInput, StoredDefinition } from './definition-shape.ts';
import { routeProblems } from './route-problems.ts';

/** A definition checked against the tenant, as it will be stored. */
export type ResolvedDefinition =
  | (Extract<StoredDefinition, { kind: 'rest' }> & { readonly upstreamIds: ReadonlyMap<string, string> })
  | Extract<StoredDefinition, { kind: 'prompt' | 'llm' }>;

/** Everything a definition names must exist in the tenant. Throws `invalid_input` beside each thing that does not. */
export async function resolveDefinition(
  tx: Transaction,
  tenantId: string,
  kind: ApiKind,
  input: DefinitionInput,
): Promise<ResolvedDefinition> {
  if (input.kind !== kind) {
    refuse([{ path: 'kind', message: `This API is of the kind “${kind}”, and the definition is of “${input.kind}”.` }]);
  }
  const { policies } = input;
  refuse(policyProblems(input));
  await refuseUnknownModels(tx, tenantId, policyModels(input));
  await refuseUnknownCollections(tx, tenantId, policyCollections(input));
  switch (input.kind) {
    case 'rest': {
      const upstreamIds = await upstreamsOf(tx, tenantId, input.routes);
      await refuseUnknownUpstreams(tx, tenantId, policyUpstreams(input));
      refuse(routeProblems(input.routes).map((issue) => ({ ...issue, path: `routes.${issue.path}` })));
      return { kind: 'rest', routes: input.routes, policies, upstreamIds };
    }
    case 'prompt': {
      const { prompt, promptVersion, promptLabel } = input;
      const found = promptLabel
        ? findLabelledVersion(tx, tenantId, prompt, promptLabel)
        : findPromptVersion(tx, tenantId, prompt, promptVersion);
      const version = await found.catch((error: unknown) => {
        if (!(error instanceof Fault) || error.code !== 'not_found') throw error;
        const path = promptLabel ? 'promptLabel' : promptVersion ? 'promptVersion' : 'prompt';
        return refuse([{ path, message: error.message }]);
      });
      return { kind: 'prompt', promptVersionId: version.id, promptLabel, policies };
    }
    case 'llm': {
      await refuseUnknownModels(
        tx,
        tenantId,
        input.models.map((model, at) => ({ path: `models.${at}`, model })),
      );
      return { kind: 'llm', models: [...new Set(input.models)], policies };
    }
  }
}

async function upstreamsOf(
  tx: Transaction,
  tenantId: string,
  routes: readonly { upstream: string }[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.upstream.findMany({
    where: { tenantId, slug: { in: [...new Set(routes.map((route) => route.upstream))] } },
    select: { id: true, slug: true },
  });
  const ids = new Map(rows.map((row) => [row.slug, row.id]));
  refuse(
    routes.flatMap(({ upstream }, at) =>
      ids.has(upstream) ? [] : [{ path: `routes.${at}.upstream`, message: `There is no upstream “${upstream}” here.` }],
    ),
  );
  return ids;
}

/** Upstreams that policies name; routes name theirs themselves. */
async function refuseUnknownUpstreams(
  tx: Transaction,
  tenantId: string,
  named: readonly { path: string; upstream: string }[],
): Promise<void> {
  if (named.length === 0) return;
  const rows = await tx.upstream.findMany({ where: { tenantId }, select: { slug: true } });
  const slugs = new Set(rows.map(({ slug }) => slug));
  refuse(
    named.flatMap(({ path, upstream }) =>
      slugs.has(upstream) ? [] : [{ path, message: `There is no upstream “${upstream}” here.` }],
    ),
  );
}

async function refuseUnknownCollections(
  tx: Transaction,
  tenantId: string,
  named: readonly { path: string; collection: string }[],
): Promise<void> {
  if (named.length === 0) return;
  const names = [...new Set(named.map(({ collection }) => collection))];
  const where = { tenantId, slug: { in: names } };
  const known = await tx.knowledgeCollection.findMany({ where, select: { slug: true } });
  const slugs = new Set(known.map(({ slug }) => slug));
  refuse(
    named.flatMap(({ path, collection }) =>
      slugs.has(collection) ? [] : [{ path, message: `There is no collection “${collection}” here.` }],
    ),
  );
}

async function refuseUnknownModels(
  tx: Transaction,
  tenantId: string,
  named: readonly { path: string; model: string }[],
): Promise<void> {
  if (named.length === 0) return;
  const names = [...new Set(named.map(({ model }) => model))];
  const known = await tx.model.findMany({ where: { tenantId, slug: { in: names } }, select: { slug: true } });
  const slugs = new Set(known.map(({ slug }) => slug));
  refuse(
    named.flatMap(({ path, model }) =>
      slugs.has(model) ? [] : [{ path, message: `There is no model “${model}” here.` }],
    ),
  );
}

function refuse(issues: readonly [FieldIssue, ...FieldIssue[]]): never;
function refuse(issues: readonly FieldIssue[]): void;
function refuse(issues: readonly FieldIssue[]): void {
  if (issues.length === 0) return;
  throw new Fault(
    'invalid_input',
    'Some fields are not right.',
    issues.map(({ path, message }) => ({ path: `definition.${path}`, message })),
  );
}
