import type { ApplicationSnapshot, SnapshotChange, TenantSnapshot } from '@parley/contracts/snapshot';
import { leadingVersion } from '@parley/contracts/snapshot-parts';
import type { Clock } from '@parley/kernel/clock';
import type { DataKey } from '@parley/kernel/seal';
import type { Logger } from '@parley/telemetry/logger';
import { compilingApplication } from './compile-application.ts';
import { compilingTenant } from './compile-tenant.ts';
import type { CompiledApplication, CompiledTenant } from './compiled.ts';
import { GenerationCache } from './generation-cache.ts';
import { HeldApplications, HeldTenants } from './held.ts';
import { dataKeyOf, opener } from './opener.ts';
import type { FetchParts, HeldParts } from './parts.ts';
import { type ReadDocument, readApplication, readTenant } from './read-document.ts';
import { Slices } from './slices.ts';
import type { DocumentKind, SnapshotSource, StoredDocument } from './source.ts';

/** Not found for sure; or nothing is known because Redis is away or empty. */
export type Missing = 'absent' | 'unavailable';

export interface SnapshotOptions {
  readonly source: SnapshotSource;
  readonly master: DataKey;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called after every change of what is held, to keep the copy on disk. */
  readonly onChange?: (change: HeldChange) => void;
}

/** A document as it is held: its `parts`, where it is stored in parts. */
export interface HeldDocument {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly doc: TenantSnapshot | ApplicationSnapshot;
  readonly parts: HeldParts | null;
}

/** A document that was taken in, or has gone. */
export interface HeldChange {
  readonly kind: DocumentKind;
  readonly id: string;
  /** `null` for one that has gone. */
  readonly stored: StoredDocument | null;
  /** Texts of parts that were not held before, by kind and name. */
  readonly fresh: ReadonlyMap<string, string>;
}

/** How long “there is no such thing” is believed without asking again. */
const NEGATIVE_MS = 1000;
const NEGATIVE_SIZE = 10_000;
const NOTHING_FRESH: ReadonlyMap<string, string> = new Map();
/** A publish in progress may be announced while we load; then the document is fetched again, this often at most. */
const MAX_FETCHES = 5;

/** A document that cannot be read or compiled. */
class Unusable extends Error {
  constructor(cause: unknown) {
    super('a document is unusable', { cause });
  }
}

/**
 * The configuration this node knows: documents loaded when first needed, swapped whole when a change is announced.
 * Look-ups answer at once what is in memory (`tenantBySlug`, `applications`), else through a promise.
 */
export class SnapshotStore {
  readonly #options: SnapshotOptions;
  readonly #tenants = new HeldTenants();
  readonly #applications = new HeldApplications();
  /** Of documents that are stored in parts, by `kind:id`. */
  readonly #parts = new Map<string, HeldParts>();
  /** Loads in flight by `kind:id`; `wanted` is the newest version announced meanwhile. */
  readonly #loading = new Map<string, { done: Promise<void>; wanted: number }>();
  readonly #absent = new GenerationCache<string, number>(NEGATIVE_SIZE);
  /** False until a read of Redis said that everything has been published. */
  #complete = false;
  /** Time this thread has worked on documents, in milliseconds. */
  #busyMs = 0;

  constructor(options: SnapshotOptions) {
    this.#options = options;
  }

  /** The tenant of a short name or of a host (`hostName`), at once if it is in memory. */
  tenantBySlug(slug: string): CompiledTenant | Missing | Promise<CompiledTenant | Missing> {
    return this.#tenants.named(slug) ?? this.#ifKnownAbsent(`slug:${slug}`) ?? this.#findTenant(slug);
  }

  tenantById(id: string): CompiledTenant | Missing | Promise<CompiledTenant | Missing> {
    return this.#tenants.get(id) ?? this.#ifKnownAbsent(`tenant:${id}`) ?? this.#loadTenant(id);
  }

  applicationById(id: string): CompiledApplication | Missing | Promise<CompiledApplication | Missing> {
    return this.#applications.get(id) ?? this.#ifKnownAbsent(`application:${id}`) ?? this.#loadApplication(id);
  }

  /** The application that a name leads to (a secret's hash, or one of `applicationNames`), at once if it is in memory. */
  applicationByName(name: string): CompiledApplication | Missing | Promise<CompiledApplication | Missing> {
    return this.#applications.named(name) ?? this.#ifKnownAbsent(`name:${name}`) ?? this.#findApplication(name);
  }

  /** A change was announced. Only documents in memory (or being loaded) are fetched. */
  async apply(change: SnapshotChange): Promise<void> {
    const loading = this.#loading.get(`${change.kind}:${change.id}`);
    if (loading) {
      loading.wanted = Math.max(loading.wanted, change.version);
      return loading.done;
    }
    // Also for the version held: a deletion may be announced under it.
    if (this.#docOf(change.kind, change.id) !== undefined) await this.#load(change.kind, change.id, change.version);
  }

  /** Reads every loaded document again: announcements may have been missed. Rejects when the source is away. */
  async revalidate(): Promise<void> {
    const jobs: (() => Promise<void>)[] = [];
    for (const id of this.#applications.ids()) jobs.push(() => this.#load('application', id, 0));
    for (const id of this.#tenants.ids()) jobs.push(() => this.#load('tenant', id, 0));
    const lanes = Array.from({ length: 16 }, async () => {
      for (let job = jobs.pop(); job; job = jobs.pop()) await job();
    });
    await Promise.all(lanes);
  }

  /** Time that taking in documents has taken so far, in milliseconds of this thread. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Documents in memory. */
  *documents(): Generator<HeldDocument> {
    for (const id of this.#tenants.ids()) yield* this.#heldDocument('tenant', id);
    for (const id of this.#applications.ids()) yield* this.#heldDocument('application', id);
  }

  /** Takes a document of a last-good copy; one that is already loaded is newer and stays. Throws for what is unusable. */
  async restore(kind: DocumentKind, id: string, stored: StoredDocument, fetch: FetchParts): Promise<void> {
    if (this.#docOf(kind, id) === undefined) await this.#put(kind, id, stored, fetch);
  }

  *#heldDocument(kind: DocumentKind, id: string): Generator<HeldDocument> {
    const doc = this.#docOf(kind, id);
    if (doc !== undefined) yield { kind, id, doc, parts: this.#parts.get(`${kind}:${id}`) ?? null };
  }

  #docOf(kind: DocumentKind, id: string): HeldDocument['doc'] | undefined {
    return (kind === 'tenant' ? this.#tenants.get(id) : this.#applications.get(id))?.doc;
  }

  #ifKnownAbsent(key: string): 'absent' | undefined {
    const until = this.#absent.get(key);
    return until !== undefined && this.#options.clock.nowMs() < until ? 'absent' : undefined;
  }

  async #findTenant(slug: string): Promise<CompiledTenant | Missing> {
    return this.#guarded(`slug:${slug}`, async () => {
      const id = await this.#options.source.tenantIdOf(slug);
      if (id === null) return undefined;
      await this.#load('tenant', id, 0);
      return this.#tenants.named(slug);
    });
  }

  async #loadTenant(id: string): Promise<CompiledTenant | Missing> {
    return this.#guarded(`tenant:${id}`, async () => {
      await this.#load('tenant', id, 0);
      return this.#tenants.get(id);
    });
  }

  async #loadApplication(id: string): Promise<CompiledApplication | Missing> {
    return this.#guarded(`application:${id}`, async () => {
      await this.#load('application', id, 0);
      return this.#applications.get(id);
    });
  }

  async #findApplication(name: string): Promise<CompiledApplication | Missing> {
    return this.#guarded(`name:${name}`, async () => {
      const id = await this.#options.source.applicationIdOf(name);
      if (id === null) return undefined;
      await this.#load('application', id, 0);
      return this.#applications.named(name);
    });
  }

  /** Runs a look-up; “not found” only counts when Redis holds a full publish, else a republish is asked for. */
  async #guarded<T>(key: string, find: () => Promise<T | undefined>): Promise<T | Missing> {
    const { source, clock, log } = this.#options;
    try {
      const found = await find();
      if (found !== undefined) return found;
      if (await source.isComplete()) {
        this.#complete = true;
        this.#absent.set(key, clock.nowMs() + NEGATIVE_MS);
        return 'absent';
      }
      if (this.#complete) log.error('Redis has lost the configuration; asking for a republish');
      await source.askRepublish('a gateway found no full publish in Redis');
    } catch (error) {
      log.warn('configuration could not be read', { error });
    }
    return 'unavailable';
  }

  #load(kind: DocumentKind, id: string, wanted: number): Promise<void> {
    const name = `${kind}:${id}`;
    const running = this.#loading.get(name);
    if (running) {
      running.wanted = Math.max(running.wanted, wanted);
      return running.done;
    }
    const entry = { done: Promise.resolve(), wanted };
    this.#loading.set(name, entry);
    entry.done = this.#fetch(kind, id, entry).finally(() => this.#loading.delete(name));
    return entry.done;
  }

  async #fetch(kind: DocumentKind, id: string, entry: { wanted: number }): Promise<void> {
    const { source, log } = this.#options;
    for (let tries = 0; tries < MAX_FETCHES; tries++) {
      const announced = entry.wanted > 0 && this.#parts.has(`${kind}:${id}`) ? entry.wanted : null;
      const stored = await source.document(kind, id, announced);
      if (stored === null) {
        // An empty Redis is no reason to forget what was good; a deleted document is.
        if (await source.isComplete()) this.#drop(kind, id);
        return;
      }
      let version = leadingVersion(stored.json);
      if (version === null || version !== this.#docOf(kind, id)?.version) {
        try {
          version = await this.#put(kind, id, stored, (names) => source.parts(kind, id, names));
        } catch (error) {
          if (!(error instanceof Unusable)) throw error;
          log.error('a configuration document is unusable; the last good one stays', { kind, id, error: error.cause });
          return;
        }
      }
      if (version !== null && version >= entry.wanted) return;
    }
  }

  /**
   * Reads, compiles and swaps in a document. Returns the version read; `null` when its parts have been replaced meanwhile.
   * Throws `Unusable` for what cannot be read, and what `fetch` throws.
   */
  async #put(kind: DocumentKind, id: string, stored: StoredDocument, fetch: FetchParts): Promise<number | null> {
    const slices = new Slices();
    const name = `${kind}:${id}`;
    const before = this.#parts.get(name) ?? null;
    let away: { error: unknown } | null = null;
    const watched: FetchParts = (names) =>
      fetch(names).catch((error: unknown) => {
        away = { error };
        throw error;
      });
    const reading = { stored, before, fetch: watched, slices };
    try {
      const read =
        kind === 'tenant'
          ? await this.#takeTenant(await readTenant(reading, this.#tenants.get(id)?.doc ?? null), slices)
          : await this.#takeApplication(
              await readApplication(reading, this.#applications.get(id)?.doc ?? null),
              slices,
            );
      if (read === null) return null;
      if (read.held === null) this.#parts.delete(name);
      else this.#parts.set(name, read.held);
      this.#options.onChange?.({ kind, id, stored, fresh: read.fresh });
      return read.doc.version;
    } catch (error) {
      if (away !== null) throw error;
      throw new Unusable(error);
    } finally {
      this.#busyMs += slices.busyMs;
    }
  }

  async #takeTenant(
    read: ReadDocument<TenantSnapshot> | null,
    slices: Slices,
  ): Promise<ReadDocument<TenantSnapshot> | null> {
    if (read === null) return null;
    const { master, log } = this.#options;
    const held = this.#tenants.get(read.doc.tenantId) ?? null;
    const next = await slices.run(compilingTenant(read.doc, master, log, held));
    for (const name of this.#tenants.put(next)) this.#absent.delete(`slug:${name}`);
    return read;
  }

  async #takeApplication(
    read: ReadDocument<ApplicationSnapshot> | null,
    slices: Slices,
  ): Promise<ReadDocument<ApplicationSnapshot> | null> {
    if (read === null) return null;
    const { master, log } = this.#options;
    const openSealed = opener(dataKeyOf(master, read.doc), read.doc, log);
    const next = await slices.run(compilingApplication(read.doc, openSealed));
    for (const names of this.#applications.put(next)) {
      for (const name of names) this.#absent.delete(`name:${name}`);
      const turn = slices.pause();
      if (turn !== null) await turn;
    }
    return read;
  }

  #drop(kind: DocumentKind, id: string): void {
    const held = kind === 'tenant' ? this.#tenants.drop(id) : this.#applications.drop(id);
    this.#parts.delete(`${kind}:${id}`);
    if (held) this.#options.onChange?.({ kind, id, stored: null, fresh: NOTHING_FRESH });
  }
}
