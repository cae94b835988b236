/** Where documents come from; one implementation reads Redis, its twin holds them in memory. Rejects when it is away. */
export interface SnapshotSource {
  /** By its short name, or another of `namesOfTenant`. */
  tenantIdOf(slug: string): Promise<string | null>;
  /** By a secret's hash, or another of `applicationNames`. */
  applicationIdOf(name: string): Promise<string | null>;
  /**
   * A document; `null` when there is none. With `announced`, a manifest of that version or a later one is taken without a
   * look at the document itself: for those known to be in parts.
   */
  document(kind: DocumentKind, id: string, announced: number | null): Promise<StoredDocument | null>;
  /** JSON of a document's parts, in the order of their names; `null` for what is not there (any more). */
  parts(kind: DocumentKind, id: string, names: readonly string[]): Promise<(string | null)[]>;
  /** True when a full publish has been made: only then does “not there” mean anything. */
  isComplete(): Promise<boolean>;
  /** Asks for everything to be published again, unless somebody has just asked. */
  askRepublish(reason: string): Promise<void>;
}

export type DocumentKind = 'tenant' | 'application';

/** A document as it is stored: its JSON, or the JSON of the manifest that says which parts make it up. */
export interface StoredDocument {
  readonly form: 'whole' | 'manifest';
  readonly json: string;
}
