/** Where documents come from; one implementation reads Redis, its twin holds them in memory. Rejects when it is away. */
export interface SnapshotSource {
  /** By its short name, or another of `namesOfTenant`. */
  tenantIdOf(slug: string): Promise<string | null>;
  /** By a secret's hash, or another of `applicationNames`. */
  applicationIdOf(name: string): Promise<string | null>;
  /** JSON of a document; `null` when there is none. */
  document(kind: DocumentKind, id: string): Promise<string | null>;
  /** True when a full publish has been made: only then does “not there” mean anything. */
  isComplete(): Promise<boolean>;
  /** Asks for everything to be published again, unless somebody has just asked. */
  askRepublish(reason: string): Promise<void>;
}

export type DocumentKind = 'tenant' | 'application';
