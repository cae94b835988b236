import { isUniqueViolation } from '@parley/db/errors';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { type Context, tenantOf } from '../context.ts';
import { asJson } from '../given.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { findHost, hostShape, readHosts, recordName, recordValue } from './host-shape.ts';
import { type ReadTxt, readTxt } from './read-txt.ts';

/** Looks whether a host's TXT record is there; from then on the gateway serves the tenant under it. */
export const verifyHost = defineVerb({
  name: 'hosts.verify',
  summary: 'Look up the TXT record of a host; once it is right, the gateway serves the tenant under it.',
  kind: 'write',
  access: 'tenant.write',
  rest: { method: 'POST', path: '/hosts/{id}/verify' },
  input: z.object({ id: z.uuid('The id of the host.') }),
  output: hostShape,
  async run({ tx, input, context, tenantId, audit }) {
    const row = await findHost(tx, tenantId, input.id);
    await audit({ subject: { kind: 'host', id: row.id, label: row.host }, detail: { host: row.host } });
    // The look-up waits for other machines, which no transaction does.
    return new AfterCommit(async () =>
      settle(context, row.id, await problemOf(row, context.settings.readTxt ?? readTxt)),
    );
  },
});

/** Why the record does not verify a host; `null` when it does. */
async function problemOf({ host, token }: { host: string; token: string }, read: ReadTxt): Promise<string | null> {
  try {
    const found = await read(recordName(host));
    if (found.some((text) => text.trim() === recordValue(token))) return null;
    if (found.length === 0) return `There is no TXT record at ${recordName(host)} yet. New records can take a while.`;
    return `The TXT record at ${recordName(host)} says something else.`;
  } catch {
    return `The name servers of ${host} did not answer. Try again.`;
  }
}

const TAKEN = 'Another tenant has shown that this host is theirs. It has to be removed there first.';

/** Writes down what was found. A host that was verified stays so when its record is gone later. */
async function settle(context: Context, id: string, problem: string | null): Promise<z.input<typeof hostShape>> {
  const tenantId = tenantOf(context);
  const write = (data: object, announced: boolean) =>
    context.db.within({ tenantId }, async (tx) => {
      const row = await findHost(tx, tenantId, id);
      const kept = row.state === 'verified' ? { checkedAt: new Date() } : data;
      await tx.tenantHost.update({ where: { tenantId_id: { tenantId, id } }, data: kept });
      if (announced) {
        await tx.outboxEntry.createMany({
          data: { tenantId, topic: 'snapshot.tenant', payload: asJson({ tenantId }) },
        });
      }
      const [view] = await readHosts(tx, tenantId, { id });
      return must(view, 'the host just checked');
    });
  const now = new Date();
  if (problem !== null) return write({ problem, checkedAt: now }, false);
  try {
    return await write({ state: 'verified', problem: null, checkedAt: now, verifiedAt: now }, true);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await write({ problem: TAKEN, checkedAt: now }, false);
    throw new Fault('conflict', TAKEN);
  }
}
