import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { diffSections, diffShape, jsonLines, type Section } from '../text/line-diff.ts';
import { defineVerb } from '../verb.ts';
import { readStored, type routeInput } from './definition-shape.ts';
import { findVersion, named } from './version-shape.ts';

/** What differs between two revisions of a version, line by line. */
export const diffRevisions = defineVerb({
  name: 'apiVersions.diff',
  summary: 'Compare two revisions of a version line by line.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis/{api}/versions/{version}/diff' },
  input: z.object({
    api: z.string(),
    version: z.string(),
    from: z.coerce.number().int().min(1),
    to: z.coerce.number().int().min(1),
  }),
  output: diffShape,
  async run({ tx, input, tenantId }) {
    const { from, to } = input;
    const { api, row } = await findVersion(tx, tenantId, input.api, input.version);
    const read = async (number: number): Promise<Section[]> => {
      const revision = await tx.apiRevision.findUnique({
        where: { tenantId_apiVersionId_number: { tenantId, apiVersionId: row.id, number } },
      });
      if (!revision) throw new Fault('not_found', `This version has no revision ${number}.`);
      const definition = await named(tx, tenantId, readStored(api.kind, revision.definition));
      return [
        {
          title: 'Definition',
          lines:
            definition.kind === 'rest'
              ? routeLines(definition.routes)
              : jsonLines({ ...definition, policies: undefined }),
        },
        { title: 'Policies', lines: definition.policies ? jsonLines(definition.policies) : [] },
        { title: 'OpenAPI document', lines: revision.openapi === null ? [] : jsonLines(revision.openapi) },
      ];
    };
    return { from, to, sections: diffSections(await read(from), await read(to)) };
  },
});

/** One line per route, so that a changed route is one changed line. */
function routeLines(routes: readonly z.output<typeof routeInput>[]): string[] {
  return routes.map((route) => {
    const match = route.match ? `  when ${JSON.stringify(route.match)}` : '';
    const when = route.when ? `  when ${route.when.replaceAll(/\s+/g, ' ')}` : '';
    const own = route.policies ? `  ${JSON.stringify(route.policies)}` : '';
    const target = `${route.upstream}${route.upstreamPath ?? ''}`;
    return `${route.method} ${route.path} → ${target}${route.summary ? `  (${route.summary})` : ''}${match}${when}${own}`;
  });
}
