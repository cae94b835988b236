import { randomBytes } from 'node:crypto';
import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { findApi } from '../apis/api-shape.ts';
import { orConflict, wrongField } from '../conflict.ts';
import { defineVerb } from '../verb.ts';
import { hostInput, hostShape, readHosts } from './host-shape.ts';

const MAX_HOSTS = 50;

/** Whether a host is one of the product's own, or lies below one. */
function isOurs(host: string, urls: readonly string[]): boolean {
  return urls.some((url) => {
    const own = new URL(url).hostname;
    return host === own || host.endsWith(`.${own}`);
  });
}

/** Asks for a host; it leads nowhere before its TXT record has shown whose it is. */
export const addHost = defineVerb({
  name: 'hosts.add',
  summary: 'Add a host of the tenant’s own, for all its APIs or one; it serves once it is verified.',
  kind: 'write',
  access: 'tenant.write',
  rest: { method: 'POST', path: '/hosts' },
  input: z.object({
    host: hostInput,
    /** Short name of the only API it is for. */
    api: z.string().optional(),
  }),
  output: hostShape,
  async run({ tx, input, context, tenantId, audit }) {
    const { host } = input;
    const { gatewayUrl, portalUrl } = context.settings;
    if (isOurs(host, [gatewayUrl, portalUrl])) throw wrongField('host', 'This host belongs to the gateway itself.');
    const count = await tx.tenantHost.count({ where: { tenantId, state: { not: 'removed' } } });
    if (count >= MAX_HOSTS) throw wrongField('host', `At most ${MAX_HOSTS} hosts. Remove some.`);
    const api = input.api === undefined ? null : await findApi(tx, tenantId, input.api);
    const id = newId();
    const token = randomBytes(16).toString('hex');
    await orConflict(
      tx.tenantHost.create({
        data: { tenantId, id, host, apiId: api?.id ?? null, token, createdById: context.userId },
      }),
      'host',
      'This host is in the list already.',
    );
    await audit({ subject: { kind: 'host', id, label: host }, detail: { host, api: api?.slug ?? null } });
    const [made] = await readHosts(tx, tenantId, { id });
    return must(made, 'the host just made');
  },
});
