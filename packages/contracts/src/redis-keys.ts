/**
 * Every Redis name Parley uses, in one place. Snapshot documents share one hash tag so that a publish (document,
 * indexes and change-stream entry) is one atomic script, on a cluster too.
 */
export const redisKeys = {
  /** String: JSON `TenantSnapshot`. */
  tenantSnapshot: (tenantId: string) => `{parley:snapshot}:tenant:${tenantId}`,
  /** String: JSON `ApplicationSnapshot`. */
  applicationSnapshot: (applicationId: string) => `{parley:snapshot}:application:${applicationId}`,
  /** String: JSON manifest of a large document (snapshot-parts.ts); of a version older than the document's when an older worker has published since. */
  snapshotManifest: (kind: 'tenant' | 'application', id: string) => `{parley:snapshot}:manifest:${kind}:${id}`,
  /** Hash: name of a part → its JSON. Holds those of the manifest and of the one before. */
  snapshotParts: (kind: 'tenant' | 'application', id: string) => `{parley:snapshot}:parts:${kind}:${id}`,
  /** Hash: tenant slug → tenant id. */
  tenantSlugs: '{parley:snapshot}:slugs',
  /** Hash: secret hash, or another of `applicationNames` → application id. May point at an application that has dropped the secret; the document decides. */
  secretIndex: '{parley:snapshot}:secrets',
  /** Stream of `SnapshotChange` (field `change` = JSON), trimmed to about 10,000 entries. */
  changes: '{parley:snapshot}:changes',
  /** String: set after a full publish. Missing = Redis lost its data: ask for a republish, refuse with 503, never 401. */
  complete: '{parley:snapshot}:complete',
  /** Hash: `<kind>:<id>` → JSON {version, names} of what was last published, deletions included. The worker's own. */
  snapshotRecords: '{parley:snapshot}:records',
  /** String: a full publish is under way. Gone when Redis loses its data meanwhile. The worker's own. */
  republishing: '{parley:snapshot}:republishing',
  /** String with a short TTL: somebody has asked for a republish. */
  republishAsked: '{parley:snapshot}:republish-asked',
  /** Hash of counters of one subscription's plan: all windows of one decision share the slot. */
  limit: (publisherTenantId: string, subscriptionId: string) => `parley:limit:{${publisherTenantId}:${subscriptionId}}`,
  /** The same for APIs with limits over several applications: all counters of such an API share its publisher's slot. */
  wideLimit: (publisherTenantId: string, subscriptionId: string) =>
    `parley:limit:{${publisherTenantId}}:${subscriptionId}`,
  /** String: counters have been restored to this Redis since it last lost its data: JSON `LimitEpoch` (limit-epoch). */
  limitEpoch: '{parley:limit}:epoch',
  /** String: counters are being restored. Gone when Redis loses its data meanwhile. The worker's own. */
  limitRebuilding: '{parley:limit}:rebuilding',
  /** String with a short TTL: somebody has asked for that. */
  limitRebuildAsked: '{parley:limit}:rebuild-asked',
  /** Sorted set: counters that running calls hold something of, by when a node last said so. */
  limitHolding: '{parley:limit}:holding',
  /** String with a short TTL: some node looks after holds of dead nodes at the moment. */
  limitSweeping: '{parley:limit}:sweeping',
  /** Hash: what a budget counts, among the limits of its publisher. */
  budgetCounter: (publisherTenantId: string, budgetId: string) =>
    `parley:limit:{${publisherTenantId}}:budget:${budgetId}`,
  /** Hash: what a customer's calls on plans paid from credit were charged, ever, and may be charged while they run; beside budgets. */
  creditCounter: (publisherTenantId: string, consumerTenantId: string) =>
    `parley:limit:{${publisherTenantId}}:credit:${consumerTenantId}`,
  /** String with a TTL: a cached answer, sealed; or the names its variants depend on. One slot per tenant, for its ledger. */
  cacheEntry: (tenantId: string, key: string) => `{parley:cache:${tenantId}}:entry:${key}`,
  /** Stream of what questions with cached answers mean, sealed, for one version and emptying of its cache, trimmed; or of what a route's examples mean. */
  cacheMeanings: (tenantId: string, resource: string) => `{parley:cache:${tenantId}}:meanings:${resource}`,
  /** Sorted set of a tenant's cached answers by the time they end. */
  cacheLedger: (tenantId: string) => `{parley:cache:${tenantId}}:ledger`,
  /** Hash: cached answer → bytes, and their sum under `total`. */
  cacheSizes: (tenantId: string) => `{parley:cache:${tenantId}}:sizes`,
  /** String with a TTL: what is kept of this resource from before is no longer good. */
  cacheMark: (tenantId: string, resource: string) => `{parley:cache:${tenantId}}:mark:${resource}`,
  /** Channel: resources whose answers are no longer good, for what the nodes hold in memory. */
  cacheInvalidations: 'parley:cache:invalidations',
  /** Hash with a TTL: an idempotency key in progress or answered. */
  idempotency: (publisherTenantId: string, key: string) => `parley:idempotency:{${publisherTenantId}:${key}}`,
  /** Hash with a TTL: since when a canary runs, and whether it was taken back. */
  canary: (id: string) => `parley:canary:${id}`,
  /** String with a TTL of a day: the usage segment of this id is committed in PostgreSQL. */
  usageSegmentDone: (segmentId: string) => `parley:usage:done:${segmentId}`,
  /** String with a TTL: a signature that was used, by identity and signature. */
  nonce: (name: string) => `parley:nonce:${name}`,
  /** States and allowances of a tenant's party tokens: all of it in one slot, so that each step is one script. */
  party: (tenantId: string, name: string) => `{parley:party:${tenantId}}:${name}`,
  /** What is kept of calls that are answered later: all of it in one slot, so that each step is one script. */
  backgroundJobs: (group: string, name: string) => `{parley:background:${group}}:${name}`,
  /** Files that applications uploaded, and their batches: all of it in one slot, too. */
  batches: (group: string, name: string) => `{parley:batches:${group}}:${name}`,
  /** What is kept of a streamed answer that can be taken up again: `head`, `events`, `alive` and `watched`, all with a TTL. */
  keptStream: (id: string, name: string) => `parley:stream:{${id}}:${name}`,
  /** Hash with a TTL: a session, and of its turns all but what they say; whole or not there (docs/context-protocol.md). */
  contextSession: (sessionId: string) => `parley:context:session:{${sessionId}}`,
  /** Hash with the same TTL: what each turn of it says, sealed. */
  contextTurns: (sessionId: string) => `parley:context:turns:{${sessionId}}`,
  /** String with a TTL: some node makes a summary of the session, or failed to lately. */
  contextSummarising: (sessionId: string) => `parley:context:summarising:{${sessionId}}`,
  /** String with a TTL of seconds: the durable store has no such session of this tenant. */
  contextMissing: (tenantId: string, sessionId: string) => `parley:context:missing:${tenantId}:${sessionId}`,
  /** String with a short TTL: what the worker answered a gateway. */
  contextAnswer: (askId: string) => `parley:context:answer:${askId}`,
  /** String with a TTL of a day: the segment of session records of this id is committed in PostgreSQL. */
  contextSegmentDone: (segmentId: string) => `parley:context:done:${segmentId}`,
  /** What a gateway asked of collections of documents, sealed; with a TTL. */
  knowledgeAnswer: (askId: string) => `parley:knowledge:answer:${askId}`,
  /** Prefix of all BullMQ keys. */
  queuePrefix: '{parley}:queue',
} as const;
