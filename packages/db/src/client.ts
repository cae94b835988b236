import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from './generated/client.ts';

/** What a transaction may see (row-level security reads these settings; a missing one matches nothing). */
export interface Scope {
  readonly tenantId?: string;
  readonly userId?: string;
  /** Hash of an invitation or management token that the caller holds. */
  readonly secretHash?: string;
}

export type Transaction = Prisma.TransactionClient;

export interface Database {
  /**
   * Runs `work` in one transaction that sees only what the scope allows. The settings end with the transaction, so a
   * pooled connection never carries one tenant's scope into another's.
   */
  within<T>(scope: Scope, work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens a pool as the role named in the URL (`parley_app` for the portal, `parley_worker` for the worker). */
export function openDatabase(options: { url: string; poolSize?: number }): Database {
  const adapter = new PrismaPg({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
  });
  const prisma = new PrismaClient({ adapter });
  return {
    within: (scope, work) =>
      prisma.$transaction(
        async (tx) => {
          await tx.$executeRaw`SELECT set_config('app.tenant', ${scope.tenantId ?? ''}, true),
            set_config('app.user', ${scope.userId ?? ''}, true), set_config('app.secret_hash', ${scope.secretHash ?? ''}, true)`;
          return work(tx);
        },
        { maxWait: 10_000, timeout: 20_000 },
      ),
    close: () => prisma.$disconnect(),
  };
}
