import type { Transaction } from '@parley/db/client';
import type { Prisma } from '@parley/db/types';
import { API_VERSION_LIFECYCLE, type ApiVersionMove, type ApiVersionState } from '@parley/domain/api-version-lifecycle';
import { moveTo } from '@parley/domain/lifecycle';
import { Fault } from '@parley/kernel/fault';
import { findVersion } from './version-shape.ts';

/** States in words that end “This version is …”. */
const STATE_WORDS: Readonly<Record<ApiVersionState, string>> = {
  draft: 'a draft',
  review: 'being reviewed',
  published: 'published',
  deprecated: 'deprecated',
  retired: 'retired',
};

const MOVE_WORDS: Readonly<Record<ApiVersionMove, string>> = {
  submit: 'submitted for review',
  withdraw: 'withdrawn from review',
  publish: 'published',
  deprecate: 'deprecated',
  restore: 'restored',
  retire: 'retired',
};

/**
 * Makes one move of a version's life, once: a move that its state does not allow, or that somebody else has just made,
 * throws `invalid_state` and changes nothing.
 */
export async function moveVersion(
  tx: Transaction,
  tenantId: string,
  { api: apiSlug, version }: { api: string; version: string },
  move: ApiVersionMove,
  change: Prisma.ApiVersionUpdateManyMutationInput = {},
) {
  const { row } = await findVersion(tx, tenantId, apiSlug, version);
  const to = moveTo(API_VERSION_LIFECYCLE, row.state, move);
  if (!to) {
    throw new Fault('invalid_state', `This version is ${STATE_WORDS[row.state]} and cannot be ${MOVE_WORDS[move]}.`);
  }
  const { count } = await tx.apiVersion.updateMany({
    where: { tenantId, id: row.id, state: row.state },
    data: { ...change, state: to },
  });
  if (count === 0) throw new Fault('invalid_state', 'Somebody has just changed this version. Look at it again first.');
  return { ...(await findVersion(tx, tenantId, apiSlug, version)), from: row.state };
}

/** The audit record of a move. */
export function moveRecord(
  { api, row, from }: Awaited<ReturnType<typeof moveVersion>>,
  detail: Record<string, unknown> = {},
) {
  return {
    subject: { kind: 'api version', id: row.id, label: `${api.slug}/${row.version}` },
    detail: { from, to: row.state, ...detail },
  };
}
