/** What the nodes share: sealed slots by key, and marks on resources whose earlier answers are no longer good. */
export interface SharedCache {
  /** The slot at a key and the mark of its resource, `''` when it has none. Rejects when the store is away. */
  read(
    tenantId: string,
    resource: string,
    key: string,
  ): Promise<{ readonly mark: string; readonly sealed: Buffer | null }>;
  /** Keeps a slot, within the tenant's share of the store. */
  write(tenantId: string, key: string, sealed: Buffer, keepMs: number): Promise<void>;
  /** Marks a resource and tells all nodes. */
  invalidate(tenantId: string, resource: string, mark: string): Promise<void>;
  /** Calls back for every resource marked by any node, and when some may have been missed. Starts when first asked. */
  follow(onInvalid: (resource: string, mark: string) => void, onGap: () => void): void;
  close(): void;
}

/** No answer is kept longer, so a mark that lives longer than this is never missed. */
export const LONGEST_MS = 86_400_000;
