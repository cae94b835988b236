import { upstreamOptionsSchema } from '@parley/contracts/upstream-options';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { orConflict } from '../conflict.ts';
import { asJson, given } from '../given.ts';
import { checkBaseUrl } from '../outbound/base-url.ts';
import { timeoutsInput } from '../outbound/timeouts-shape.ts';
import { baseUrlInput } from '../providers/provider-shape.ts';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { checkOptions } from './options.ts';
import {
  discoveryTokenInput,
  sealAuth,
  sealDiscoveryToken,
  upstreamAuthInput,
  upstreamInclude,
  upstreamOut,
  upstreamShape,
} from './upstream-shape.ts';

/** Adds an upstream: a service of the tenant's own that REST routes lead to. */
export const createUpstream = defineVerb({
  name: 'upstreams.create',
  summary: 'Add an upstream service that routes can lead to.',
  kind: 'write',
  access: 'upstreams.write',
  rest: { method: 'POST', path: '/upstreams' },
  input: z.object({
    slug: slugShape,
    name: nameShape,
    baseUrl: baseUrlInput,
    auth: upstreamAuthInput.nullable().default(null),
    ...timeoutsInput,
    options: upstreamOptionsSchema.optional(),
    discoveryToken: discoveryTokenInput.nullable().optional(),
  }),
  output: upstreamShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { slug, name, auth, options, discoveryToken, ...rest } = input;
    const baseUrl = checkBaseUrl(input.baseUrl, context.settings.allowedPrivate);
    if (options) checkOptions(options, baseUrl, context.settings.allowedPrivate);
    const stored = options ? { options: asJson(options) } : {};
    const dataKey = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    const row = await orConflict(
      tx.upstream.create({
        data: {
          ...given(rest),
          ...stored,
          ...sealAuth(dataKey, auth),
          ...sealDiscoveryToken(dataKey, discoveryToken),
          tenantId,
          id: newId(),
          slug,
          name,
          baseUrl,
        },
        include: upstreamInclude,
      }),
      'slug',
      'An upstream with this short name exists already.',
    );
    await audit({
      subject: { kind: 'upstream', id: row.id, label: name },
      detail: { ...rest, ...stored, slug, name, baseUrl, authHeader: row.authHeader },
    });
    await announce('snapshot.tenant', { tenantId });
    return upstreamOut(row);
  },
});
