import { createHash } from 'node:crypto';
import { Fault } from '@parley/kernel/fault';
import { open, seal } from '@parley/kernel/seal';
import { z } from 'zod';
import { type Context, tenantOf } from './context.ts';
import { nested } from './nested.ts';

const PURPOSE = 'idempotency_answer';
const storedSchema = z.object({ sealed: z.string() });

/**
 * Runs `work` at most once per tenant and key; a repeat gets the first answer again. The key's row, the work and its
 * answer share one transaction, so two requests at once cannot both run, and a failure leaves the key free. Answers are
 * sealed at rest, as they may hold a secret that is shown once. Throws `conflict` for a key used with another request.
 */
export async function idempotent(
  context: Context,
  key: string,
  request: unknown,
  work: (inner: Context) => Promise<unknown>,
): Promise<unknown> {
  const tenantId = tenantOf(context);
  const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('base64url');
  return context.db.within({ tenantId, ...(context.userId ? { userId: context.userId } : {}) }, async (tx) => {
    const { count } = await tx.idempotencyKey.createMany({
      data: { tenantId, key, requestHash, response: {} },
      skipDuplicates: true,
    });
    const where = { tenantId_key: { tenantId, key } };
    if (count === 0) {
      const stored = await tx.idempotencyKey.findUniqueOrThrow({ where });
      if (stored.requestHash !== requestHash) {
        throw new Fault('conflict', 'This Idempotency-Key was used with another request. Choose a new one.');
      }
      const answer: unknown = JSON.parse(
        open(context.settings.masterKey, storedSchema.parse(stored.response).sealed, PURPOSE),
      );
      return answer;
    }
    const answer = await work(nested(context, tx));
    const sealed = seal(context.settings.masterKey, JSON.stringify(answer), PURPOSE);
    await tx.idempotencyKey.update({ where, data: { response: { sealed } } });
    return answer;
  });
}
