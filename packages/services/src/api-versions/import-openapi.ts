import { contractPolicy } from '@parley/contracts/policies/contract';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import type { Context } from '../context.ts';
import { nested } from '../nested.ts';
import { createUpstream } from '../upstreams/create.ts';
import { defineVerb } from '../verb.ts';
import { appendRevision } from './append-revision.ts';
import { MAX_OPENAPI_TEXT, readOpenapiDocument } from './read-openapi.ts';
import { apiVersionOut, apiVersionShape, findVersion, revisionNoteInput, servedRevision } from './version-shape.ts';

const newUpstream = createUpstream.spec.input.pick({ slug: true, name: true, baseUrl: true });

/**
 * Makes a version serve the operations of an OpenAPI document, one route each, as its next revision; the document becomes
 * its reference and its contract. A route that stays keeps its policies. The same document again changes nothing. The
 * upstream may be made in the same step, which needs `upstreams.write` as well.
 */
export const importOpenapi = defineVerb({
  name: 'apiVersions.importOpenapi',
  summary: 'Import an OpenAPI 3.0 or 3.1 document: one route for each operation, and the reference.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'PUT', path: '/apis/{api}/versions/{version}/openapi' },
  input: z.object({
    api: z.string(),
    version: z.string(),
    /** Short name of the upstream that all operations lead to. */
    upstream: z.string().min(1, 'Choose an upstream.').optional(),
    /** An upstream to make for them, instead of one there is. */
    newUpstream: newUpstream.optional(),
    /** The document: an object, or its JSON or YAML as text. */
    openapi: z.union([z.string().max(MAX_OPENAPI_TEXT, 'At most two megabytes.'), z.record(z.string(), z.json())]),
    /** Holds calls to the document from the start: adds the policy “contract” where the version has none. */
    hold: z.boolean().default(false),
    note: revisionNoteInput,
  }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const found = await findVersion(tx, tenantId, input.api, input.version);
    if (found.api.kind !== 'rest') throw wrongField('openapi', 'Only REST APIs bring their own document.');
    const { document, routes } = readOpenapiDocument(input.openapi);
    const served = await servedRevision(tx, found);
    const upstream = await chosenUpstream(tx, context, input);
    const before = served?.definition.kind === 'rest' ? served.definition.routes : [];
    const policiesOf = new Map(before.map((route) => [`${route.method} ${route.path}`, route.policies]));
    const definition = {
      kind: 'rest' as const,
      routes: routes.map((route) => {
        const policies = policiesOf.get(`${route.method} ${route.path}`);
        return { ...route, upstream, upstreamPath: null, ...(policies ? { policies } : {}) };
      }),
      ...(input.hold ? { policies: { contract: contractPolicy.parse({}), ...served?.definition.policies } } : {}),
    };
    const { note } = input;
    const { number, added } = await appendRevision(tx, context, found, { definition, openapi: document, note });
    if (added) {
      await audit({
        subject: { kind: 'api version', id: found.row.id, label: `${found.api.slug}/${found.row.version}` },
        detail: { revision: number, upstream, routes: routes.length, hold: input.hold, note },
      });
      await announce('snapshot.tenant', { tenantId });
    }
    const after = await findVersion(tx, tenantId, input.api, input.version);
    return apiVersionOut(tx, context.settings.gatewayUrl, after);
  },
});

/** Short name of the upstream that was named, or of the one made now. */
async function chosenUpstream(
  tx: Transaction,
  context: Context,
  {
    upstream,
    newUpstream: wanted,
  }: { upstream?: string | undefined; newUpstream?: z.output<typeof newUpstream> | undefined },
): Promise<string> {
  if (upstream !== undefined && wanted) throw wrongField('upstream', 'Choose an upstream or make one, not both.');
  if (upstream !== undefined) return upstream;
  if (!wanted) throw wrongField('upstream', 'Choose an upstream.');
  const made = await createUpstream(nested(context, tx), wanted).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    const issues = error.issues.map(({ path, message }) => ({ path: `newUpstream.${path}`, message }));
    throw new Fault(error.code, error.message, issues);
  });
  return made.slug;
}
