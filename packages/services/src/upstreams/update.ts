import { upstreamOptionsSchema } from '@parley/contracts/upstream-options';
import { z } from 'zod';
import { asJson, given } from '../given.ts';
import { checkBaseUrl } from '../outbound/base-url.ts';
import { timeoutsInput } from '../outbound/timeouts-shape.ts';
import { baseUrlInput } from '../providers/provider-shape.ts';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { checkOptions } from './options.ts';
import {
  discoveryTokenInput,
  findUpstream,
  sealAuth,
  sealDiscoveryToken,
  upstreamAuthInput,
  upstreamInclude,
  upstreamOut,
  upstreamShape,
} from './upstream-shape.ts';

/** Changes an upstream's name, address, timeouts, options or credential (`auth: null` removes it, absent keeps it). */
export const updateUpstream = defineVerb({
  name: 'upstreams.update',
  summary: 'Change an upstream’s name, base URL, timeouts, credential or options.',
  kind: 'write',
  access: 'upstreams.write',
  rest: { method: 'PATCH', path: '/upstreams/{upstream}' },
  input: z.object({
    upstream: z.string(),
    name: nameShape.optional(),
    baseUrl: baseUrlInput.optional(),
    auth: upstreamAuthInput.nullable().optional(),
    ...timeoutsInput,
    options: upstreamOptionsSchema.optional(),
    discoveryToken: discoveryTokenInput.nullable().optional(),
  }),
  output: upstreamShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { upstream, auth, options, discoveryToken, ...patch } = input;
    const { id, baseUrl } = await findUpstream(tx, tenantId, upstream);
    const changes = given({
      ...patch,
      baseUrl: patch.baseUrl && checkBaseUrl(patch.baseUrl, context.settings.allowedPrivate),
    });
    if (options) checkOptions(options, changes.baseUrl ?? baseUrl, context.settings.allowedPrivate);
    const stored = options ? { options: asJson(options) } : {};
    const dataKey = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    const credential = auth === undefined ? {} : sealAuth(dataKey, auth);
    const row = await tx.upstream.update({
      where: { tenantId_id: { tenantId, id } },
      data: { ...changes, ...stored, ...credential, ...sealDiscoveryToken(dataKey, discoveryToken) },
      include: upstreamInclude,
    });
    await audit({
      subject: { kind: 'upstream', id, label: row.name },
      detail: {
        ...changes,
        ...stored,
        ...(auth === undefined ? {} : { authHeader: row.authHeader }),
        ...(discoveryToken === undefined ? {} : { discoveryToken: discoveryToken === null ? 'removed' : 'replaced' }),
      },
    });
    await announce('snapshot.tenant', { tenantId });
    return upstreamOut(row);
  },
});
