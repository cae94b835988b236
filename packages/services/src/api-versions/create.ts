import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { findApi } from '../apis/api-shape.ts';
import { orConflict, wrongField } from '../conflict.ts';
import { slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { appendRevision } from './append-revision.ts';
import { apiVersionOut, apiVersionShape, changelogInput, findVersion, named, servedRevision } from './version-shape.ts';

/** Adds a version to an API as a draft, empty or as a copy of what another version serves. */
export const createApiVersion = defineVerb({
  name: 'apiVersions.create',
  summary: 'Add a draft version to an API: the next number unless named, empty unless copied from another version.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis/{api}/versions' },
  input: z.object({
    api: z.string(),
    version: slugShape.optional(),
    changelog: changelogInput.default(''),
    /** Version whose definition it begins with. */
    copyFrom: z.string().optional(),
  }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit }) {
    const api = await findApi(tx, tenantId, input.api);
    const version = input.version ?? nextVersion(api.versions.map((one) => one.version));
    if (
      await tx.apiAlias.findUnique({ where: { tenantId_apiId_alias: { tenantId, apiId: api.id, alias: version } } })
    ) {
      throw wrongField('version', `“${version}” is an alias of this API. Choose another name, or remove the alias.`);
    }
    const row = await orConflict(
      tx.apiVersion.create({
        data: { tenantId, id: newId(), apiId: api.id, version, changelog: input.changelog },
      }),
      'version',
      `This API has a version “${version}” already.`,
    );
    const found = { api, row };
    if (input.copyFrom !== undefined) {
      const source = await servedRevision(tx, await findVersion(tx, tenantId, api.slug, input.copyFrom));
      if (source) {
        const definition = await named(tx, tenantId, source.definition);
        await appendRevision(tx, context, found, {
          definition,
          openapi: source.openapi,
          note: `Copied from ${input.copyFrom}`,
        });
      }
    }
    await audit({
      subject: { kind: 'api version', id: row.id, label: `${api.slug}/${version}` },
      detail: { version, copyFrom: input.copyFrom ?? null },
    });
    return apiVersionOut(tx, context.settings.gatewayUrl, await findVersion(tx, tenantId, api.slug, version));
  },
});

/** `v` and the number after the highest one there is. */
function nextVersion(versions: readonly string[]): string {
  const numbers = versions.map((version) => Number(/^v(\d{1,6})$/.exec(version)?.[1] ?? 0));
  return `v${Math.max(0, ...numbers) + 1}`;
}
