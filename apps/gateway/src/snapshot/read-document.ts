import {
  type ApplicationSnapshot,
  applicationSnapshotSchema,
  type TenantSnapshot,
  tenantSnapshotSchema,
} from '@parley/contracts/snapshot';
import { type FetchParts, type HeldParts, type ReadParts, readApplicationParts, readTenantParts } from './parts.ts';
import { shareUnchanged } from './share.ts';
import type { Slices } from './slices.ts';
import type { StoredDocument } from './source.ts';

/** A document that was read; `held` is `null` for one that is stored whole. */
export interface ReadDocument<D> extends Omit<ReadParts<D>, 'held'> {
  readonly held: HeldParts | null;
}

/** What to read, and what is held of it from before. */
export interface DocumentToRead {
  readonly stored: StoredDocument;
  readonly before: HeldParts | null;
  readonly fetch: FetchParts;
  readonly slices: Slices;
}

/** A whole document; what equals its counterpart in the one held becomes the same object. */
function whole<D>(doc: D, held: D | null): ReadDocument<D> {
  return { doc: held === null ? doc : shareUnchanged(held, doc), held: null, fresh: new Map() };
}

/** Reads a publisher's document. `null` when its manifest is out of date; throws for what is unusable. */
export async function readTenant(
  { stored, before, fetch, slices }: DocumentToRead,
  held: TenantSnapshot | null,
): Promise<ReadDocument<TenantSnapshot> | null> {
  if (stored.form === 'manifest') return readTenantParts(stored.json, before, fetch, slices);
  return whole(tenantSnapshotSchema.parse(JSON.parse(stored.json)), held);
}

/** Reads a caller's document. `null` when its manifest is out of date; throws for what is unusable. */
export async function readApplication(
  { stored, before, fetch, slices }: DocumentToRead,
  held: ApplicationSnapshot | null,
): Promise<ReadDocument<ApplicationSnapshot> | null> {
  if (stored.form === 'manifest') return readApplicationParts(stored.json, before, fetch, slices);
  return whole(applicationSnapshotSchema.parse(JSON.parse(stored.json)), held);
}
