import { type ApiVersionSnapshot, promptDefinitionSchema, routeSnapshotSchema } from '@parley/contracts/snapshot';
import { z } from 'zod';

/** Prompt definitions by the id of their prompt version. */
export type PromptDefinitions = ReadonlyMap<string, unknown>;

interface RouteRow {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly upstreamId: string;
  readonly upstreamPath: string | null;
}

const promptRevision = z.object({ promptVersionId: z.uuid() });
const llmRevision = z.object({ models: z.array(z.string()) });

/**
 * What a version serves, from its current revision. Throws when the revision is missing or is not of the API's kind:
 * such a document must not be published, and publishing a version is refused before it can come to that.
 */
export function compileTarget(
  kind: 'rest' | 'prompt' | 'llm',
  definition: unknown,
  routes: readonly RouteRow[],
  prompts: PromptDefinitions,
): ApiVersionSnapshot['target'] {
  switch (kind) {
    case 'rest':
      return {
        kind,
        routes: routes.map(({ id, method, path, upstreamId, upstreamPath }) =>
          routeSnapshotSchema.parse({ id, method, path, upstreamId, upstreamPath }),
        ),
      };
    case 'prompt': {
      const { promptVersionId } = promptRevision.parse(definition);
      return { kind, promptVersionId, definition: promptDefinitionSchema.parse(prompts.get(promptVersionId)) };
    }
    case 'llm':
      return { kind, models: llmRevision.parse(definition).models };
  }
}
