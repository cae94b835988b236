import type { JobPayload, OutboxTopic } from '@parley/contracts/jobs';
import type { Transaction } from '@parley/db/client';
import { newId } from '@parley/kernel/id';

export interface SystemAct {
  readonly tenantId: string;
  readonly action: string;
  readonly subject: { readonly kind: string; readonly id: string; readonly label: string };
  readonly detail: Readonly<Record<string, string>>;
  /** Given where the entry itself says that the act is done: it is written once. */
  readonly id?: string;
}

/** Writes to a tenant's audit log what the system did by itself. False when an entry with this id is there already. */
export async function auditSystem(tx: Transaction, act: SystemAct): Promise<boolean> {
  const { count } = await tx.auditEntry.createMany({
    data: {
      tenantId: act.tenantId,
      id: act.id ?? newId(),
      actorKind: 'system',
      actorId: null,
      actorLabel: 'Parley',
      action: act.action,
      subjectKind: act.subject.kind,
      subjectId: act.subject.id,
      subjectLabel: act.subject.label,
      detail: act.detail,
    },
    skipDuplicates: true,
  });
  return count > 0;
}

/** Says in the same transaction what must follow. */
export async function announce<T extends OutboxTopic>(
  tx: Transaction,
  tenantId: string,
  topic: T,
  payload: JobPayload<T>,
): Promise<void> {
  await tx.outboxEntry.createMany({ data: { tenantId, topic, payload } });
}
