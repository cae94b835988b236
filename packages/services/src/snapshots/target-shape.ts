import { type ApiVersionSnapshot, routeSnapshotSchema } from '@parley/contracts/snapshot';
import { flattenPrompt } from '@parley/llm/prompt/flatten';
import { asksContract, contractOf } from '../api-versions/contract-of.ts';
import { type ApiKind, readStored } from '../api-versions/definition-shape.ts';
import { forGateways, planOf } from '../policies/translations.ts';
import { type Offer, offersOf, type PromptBook } from '../prompts/offers.ts';

interface RouteRow {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly upstreamId: string;
  readonly upstreamPath: string | null;
  /** Place of the route in the definition. */
  readonly position: number;
}

/**
 * What a version serves and under which policies, from its current revision. Throws when the revision is missing or is not
 * of the API's kind: such a document must not be published, and publishing a version is refused before it can come to that.
 */
export function compileTarget(
  kind: ApiKind,
  definition: unknown,
  routes: readonly RouteRow[],
  prompts: PromptBook,
): Pick<ApiVersionSnapshot, 'target' | 'policies'> {
  const stored = readStored(kind, definition);
  const policies = forGateways(stored.policies);
  return { target: targetOf(stored, routes, prompts), ...(policies ? { policies } : {}) };
}

/** What calls are held to, where the policy `contract` holds. */
export function compileContract(
  kind: ApiKind,
  definition: unknown,
  openapi: unknown,
): Pick<ApiVersionSnapshot, 'contract'> {
  const contract = asksContract(readStored(kind, definition)) ? contractOf(openapi) : null;
  return contract === null ? {} : { contract };
}

function targetOf(
  stored: ReturnType<typeof readStored>,
  rows: readonly RouteRow[],
  prompts: PromptBook,
): ApiVersionSnapshot['target'] {
  switch (stored.kind) {
    case 'rest': {
      const rowAt = new Map(rows.map((row) => [row.position, row]));
      return {
        kind: 'rest',
        routes: stored.routes.map(({ method, path, match: predicates, when, policies }, position) => {
          const { id, upstreamId, upstreamPath } = rowAt.get(position) ?? {};
          const match = when === undefined ? predicates : [...(predicates ?? []), { when }];
          const plan = planOf(stored.policies, { method, path, policies });
          const kept = forGateways(policies);
          return routeSnapshotSchema.parse({ id, method, path, upstreamId, upstreamPath, match, policies: kept, plan });
        }),
      };
    }
    case 'prompt': {
      const { served, others } = offersOf(stored, prompts);
      if (served === null) throw new Error(`the prompt version ${stored.promptVersionId} is gone`);
      return {
        kind: 'prompt',
        ...offered(served),
        ...(others.length > 0
          ? { others: others.map((one) => ({ ...offered(one), number: one.number, labels: [...one.labels] })) }
          : {}),
      };
    }
    case 'llm':
      return { kind: 'llm', models: stored.models };
  }
}

/** Shared texts and examples are worked in here: gateways only fill in values. */
function offered({ id, definition }: Offer) {
  return { promptVersionId: id, definition: flattenPrompt(definition) };
}
