import { policiesSchema } from '@parley/contracts/policies';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { appendRevision } from './append-revision.ts';
import {
  apiVersionOut,
  apiVersionShape,
  findVersion,
  named,
  revisionNoteInput,
  servedRevision,
} from './version-shape.ts';

/** Sets the policies of a whole version, as its next revision. A published version keeps them at once. */
export const setPolicies = defineVerb({
  name: 'apiVersions.setPolicies',
  summary: 'Set the policies of a version, as a new revision; a published version keeps them at once.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'PUT', path: '/apis/{api}/versions/{version}/policies' },
  input: z.object({ api: z.string(), version: z.string(), policies: policiesSchema, note: revisionNoteInput }),
  output: apiVersionShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { policies, note } = input;
    const found = await findVersion(tx, tenantId, input.api, input.version);
    const served = await servedRevision(tx, found);
    if (!served) throw new Fault('invalid_state', 'Say first what this version serves.');
    const definition = { ...(await named(tx, tenantId, served.definition)), policies };
    const { number, added } = await appendRevision(tx, context, found, { definition, note }).catch(besideOwnFields);
    if (added) {
      await audit({
        subject: { kind: 'api version', id: found.row.id, label: `${found.api.slug}/${found.row.version}` },
        detail: { revision: number, policies, before: served.definition.policies ?? {}, note },
      });
      await announce('snapshot.tenant', { tenantId });
    }
    const after = await findVersion(tx, tenantId, input.api, input.version);
    return apiVersionOut(tx, context.settings.gatewayUrl, after);
  },
});

/** Issues of a definition, named as this verb's input names its fields. */
function besideOwnFields(error: unknown): never {
  if (!(error instanceof Fault)) throw error;
  const issues = error.issues.map(({ path, message }) => ({ path: path.replace(/^definition\./, ''), message }));
  throw new Fault(error.code, error.message, issues);
}
