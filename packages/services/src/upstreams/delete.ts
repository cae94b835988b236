import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { policyUsers } from './policy-users.ts';
import { findUpstream } from './upstream-shape.ts';

/** Deletes an upstream. Refused while a route of any version leads to it. */
export const deleteUpstream = defineVerb({
  name: 'upstreams.delete',
  summary: 'Delete an upstream that no route leads to.',
  kind: 'write',
  access: 'upstreams.write',
  rest: { method: 'DELETE', path: '/upstreams/{upstream}' },
  input: z.object({ upstream: z.string() }),
  output: doneShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const row = await findUpstream(tx, tenantId, input.upstream);
    const used = await tx.route.findMany({
      where: { tenantId, upstreamId: row.id },
      distinct: ['apiVersionId'],
      select: { version: { select: { version: true, api: { select: { slug: true } } } } },
    });
    const names = [
      ...used.map(({ version }) => `${version.api.slug}/${version.version}`),
      ...(await policyUsers(tx, tenantId, row.slug)),
    ];
    if (names.length > 0) {
      throw new Fault(
        'invalid_state',
        `Routes lead to this upstream: ${[...new Set(names)].join(', ')}. Point them elsewhere first.`,
      );
    }
    await tx.upstream.delete({ where: { tenantId_id: { tenantId, id: row.id } } });
    await audit({ subject: { kind: 'upstream', id: row.id, label: row.name }, detail: { slug: row.slug } });
    await announce('snapshot.tenant', { tenantId });
    return DONE;
  },
});
