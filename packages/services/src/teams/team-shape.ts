import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { timeShape } from '../shapes.ts';

export const teamShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  createdAt: timeShape,
  members: z.array(z.object({ membershipId: z.uuid(), name: z.string(), email: z.string() })),
});

/** A team of the open tenant; throws `not_found`. */
export async function findTeam(tx: Transaction, tenantId: string, id: string) {
  const team = await tx.team.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!team) throw new Fault('not_found', 'There is no such team.');
  return team;
}
