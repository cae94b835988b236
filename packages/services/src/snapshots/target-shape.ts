import { type ApiVersionSnapshot, promptDefinitionSchema, routeSnapshotSchema } from '@parley/contracts/snapshot';
import { asksContract, contractOf } from '../api-versions/contract-of.ts';
import { type ApiKind, readStored } from '../api-versions/definition-shape.ts';
import { forGateways, planOf } from '../policies/translations.ts';

/** Prompt definitions by the id of their prompt version. */
export type PromptDefinitions = ReadonlyMap<string, unknown>;

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
  prompts: PromptDefinitions,
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
  prompts: PromptDefinitions,
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
      const { promptVersionId } = stored;
      return {
        kind: 'prompt',
        promptVersionId,
        definition: promptDefinitionSchema.parse(prompts.get(promptVersionId)),
      };
    }
    case 'llm':
      return { kind: 'llm', models: stored.models };
  }
}
