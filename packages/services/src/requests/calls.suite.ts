import { type Database, openDatabase } from '@parley/db/client';
import type { Prisma } from '@parley/db/types';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { idDay, idTimeMs, newId } from '@parley/kernel/id';

export type Call = Partial<Prisma.UsageEventCreateManyInput> & { tenantId: string; atMs?: number };

export interface Calls {
  readonly db: Database;
  /** Stores calls as the worker would; gives their ids in the same order. */
  store(...calls: Call[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Stores calls for tests of what is read from them; the portal's role may not. */
export function callStore(): Calls {
  const db = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 2 });
  return {
    db,
    async store(...calls) {
      const rows = calls.map(toRow);
      await db.within({}, async (tx) => {
        for (const day of new Set(rows.map((row) => idDay(row.id)))) {
          await tx.$queryRaw`SELECT ensure_usage_partitions(${day}::date, ${day}::date)`;
        }
        await tx.usageEvent.createMany({ data: rows });
      });
      return rows.map((row) => row.id);
    },
    close: () => db.close(),
  };
}

function toRow({ atMs, ...call }: Call): Prisma.UsageEventCreateManyInput {
  const id = call.id ?? (atMs === undefined ? newId() : idAt(atMs));
  return {
    consumerTenantId: call.tenantId,
    applicationId: newId(),
    keyId: newId(),
    kind: 'rest',
    method: 'GET',
    path: '/acme/orders/v1/orders',
    status: 200,
    stream: false,
    abortedBy: 'none',
    usageSource: 'none',
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    costNano: 0n,
    currency: 'USD',
    durationUs: 12_000n,
    upstreamUs: 9_000n,
    requestBytes: 100n,
    responseBytes: 2_000n,
    attempts: 1,
    node: 'gateway-1',
    ...call,
    id,
    eventDay: new Date(`${idDay(id)}T00:00:00Z`),
    occurredAt: new Date(idTimeMs(id)),
  };
}

/** A UUIDv7 of this moment. */
export function idAt(ms: number): string {
  const hex = Math.floor(ms).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`;
}
