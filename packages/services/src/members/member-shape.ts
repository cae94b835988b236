import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { timeShape } from '../shapes.ts';

export const memberShape = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.object({ slug: z.string(), name: z.string(), builtIn: z.boolean() }),
  teams: z.array(z.object({ id: z.uuid(), name: z.string() })),
  joinedAt: timeShape,
  you: z.boolean(),
});

/** A membership of the open tenant with its person and role; throws `not_found`. */
export async function findMember(tx: Transaction, tenantId: string, id: string) {
  const member = await tx.membership.findUnique({
    where: { tenantId_id: { tenantId, id } },
    include: { user: true, role: true },
  });
  if (!member) throw new Fault('not_found', 'There is no such member. They may have been removed.');
  return member;
}
