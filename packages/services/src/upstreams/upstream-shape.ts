import { upstreamOptionsSchema } from '@parley/contracts/upstream-options';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { type DataKey, seal } from '@parley/kernel/seal';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { timeoutsOutput } from '../outbound/timeouts-shape.ts';
import { iso, timeShape } from '../shapes.ts';
import { storedOptions } from './options.ts';

/** The credential an upstream asks for, in a header of its own. The value is sealed and never read back. */
export const upstreamAuthInput = z.object({
  header: z
    .string()
    .trim()
    .min(1, 'Name the header, for example Authorization.')
    .max(100, 'At most 100 characters.')
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'A header name holds letters, digits and hyphens only.'),
  value: z
    .string()
    .trim()
    .min(1, 'Write the whole value, for example Bearer abc123.')
    .max(4000, 'At most 4,000 characters.')
    .regex(/^[\x20-\x7e]+$/, 'A header value holds plain characters on one line only.'),
});

/** Headers that the gateway itself writes: a credential in one of them would break the call. */
const OWN_HEADERS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
  'te',
  'trailer',
  'expect',
]);

export const upstreamShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  baseUrl: z.string(),
  ...timeoutsOutput,
  /** Header its credential is sent in; `null` when it needs none. */
  authHeader: z.string().nullable(),
  /** Targets, balancing, health; `{}` for one plain target. */
  options: upstreamOptionsSchema,
  /** Whether a token for the discovery of its targets is kept. */
  hasDiscoveryToken: z.boolean(),
  routeCount: z.number(),
  createdAt: timeShape,
  updatedAt: timeShape,
});

export const upstreamInclude = { _count: { select: { routes: true } } } as const;

export async function findUpstream(tx: Transaction, tenantId: string, slug: string) {
  const row = await tx.upstream.findUnique({
    where: { tenantId_slug: { tenantId, slug } },
    include: upstreamInclude,
  });
  if (!row) throw new Fault('not_found', `There is no upstream “${slug}” here.`);
  return row;
}

export function upstreamOut(row: Awaited<ReturnType<typeof findUpstream>>): z.input<typeof upstreamShape> {
  return {
    ...row,
    options: storedOptions(row.options),
    hasDiscoveryToken: row.sealedDiscoveryToken !== null,
    routeCount: row._count.routes,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}

/** The token with which Consul or Kubernetes is asked for targets. Sealed, and never read back. */
export const discoveryTokenInput = z
  .string()
  .trim()
  .min(1, 'Paste the token.')
  .max(8000, 'At most 8,000 characters.')
  .regex(/^[\x21-\x7e]+$/, 'A token holds plain characters without spaces.');

/** Column of a discovery token, sealed; `null` removes it, `undefined` leaves it. */
export function sealDiscoveryToken(
  dataKey: DataKey,
  token: string | null | undefined,
): { sealedDiscoveryToken?: string | null } {
  if (token === undefined) return {};
  return { sealedDiscoveryToken: token === null ? null : seal(dataKey, token, 'upstream_discovery') };
}

/** Columns of a credential, sealed; `null` removes it. */
export function sealAuth(
  dataKey: DataKey,
  auth: z.output<typeof upstreamAuthInput> | null,
): { authHeader: string | null; sealedAuth: string | null } {
  if (auth === null) return { authHeader: null, sealedAuth: null };
  if (OWN_HEADERS.has(auth.header.toLowerCase())) {
    throw wrongField(
      'auth.header',
      `The gateway writes “${auth.header}” itself. Use the header the service documents.`,
    );
  }
  return { authHeader: auth.header, sealedAuth: seal(dataKey, auth.value, 'upstream_auth') };
}
