import {
  type ApplicationSnapshot,
  applicationSnapshotSchema,
  type SnapshotChange,
  type TenantSnapshot,
  tenantSnapshotSchema,
} from '@parley/contracts/snapshot';
import { namesOfTenant } from '@parley/contracts/tenant-names';
import type { Clock } from '@parley/kernel/clock';
import type { DataKey } from '@parley/kernel/seal';
import type { Logger } from '@parley/telemetry/logger';
import { compileApplication } from './compile-application.ts';
import { compileTenant } from './compile-tenant.ts';
import type { CompiledApplication, CompiledTenant } from './compiled.ts';
import { GenerationCache } from './generation-cache.ts';
import { dataKeyOf, opener } from './opener.ts';
import type { DocumentKind, SnapshotSource } from './source.ts';

/** Not found for sure; or nothing is known because Redis is away or empty. */
export type Missing = 'absent' | 'unavailable';

export interface SnapshotOptions {
  readonly source: SnapshotSource;
  readonly master: DataKey;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called after every change of what is held, to keep the copy on disk. */
  readonly onChange?: () => void;
}

/** How long “there is no such thing” is believed without asking again. */
const NEGATIVE_MS = 1000;
const NEGATIVE_SIZE = 10_000;
/** A publish in progress may be announced while we load; then the document is fetched again, this often at most. */
const MAX_FETCHES = 5;

/**
 * The configuration this node knows: documents loaded when first needed, swapped whole when a change is announced.
 * Look-ups answer at once what is in memory (`tenantBySlug`, `applications`), else through a promise.
 */
export class SnapshotStore {
  readonly #options: SnapshotOptions;
  readonly #tenantsBySlug = new Map<string, CompiledTenant>();
  readonly #tenants = new Map<string, CompiledTenant>();
  readonly #applications = new Map<string, CompiledApplication>();
  readonly #applicationByName = new Map<string, CompiledApplication>();
  /** Loads in flight by `kind:id`; `wanted` is the newest version announced meanwhile. */
  readonly #loading = new Map<string, { done: Promise<void>; wanted: number }>();
  readonly #absent = new GenerationCache<string, number>(NEGATIVE_SIZE);
  /** False until a read of Redis said that everything has been published. */
  #complete = false;

  constructor(options: SnapshotOptions) {
    this.#options = options;
  }

  /** The tenant of a short name or of a host (`hostName`), at once if it is in memory. */
  tenantBySlug(slug: string): CompiledTenant | Missing | Promise<CompiledTenant | Missing> {
    return this.#tenantsBySlug.get(slug) ?? this.#ifKnownAbsent(`slug:${slug}`) ?? this.#findTenant(slug);
  }

  tenantById(id: string): CompiledTenant | Missing | Promise<CompiledTenant | Missing> {
    return this.#tenants.get(id) ?? this.#ifKnownAbsent(`tenant:${id}`) ?? this.#loadTenant(id);
  }

  applicationById(id: string): CompiledApplication | Missing | Promise<CompiledApplication | Missing> {
    return this.#applications.get(id) ?? this.#ifKnownAbsent(`application:${id}`) ?? this.#loadApplication(id);
  }

  /** The application that a name leads to (a secret's hash, or one of `applicationNames`), at once if it is in memory. */
  applicationByName(name: string): CompiledApplication | Missing | Promise<CompiledApplication | Missing> {
    return this.#applicationByName.get(name) ?? this.#ifKnownAbsent(`name:${name}`) ?? this.#findApplication(name);
  }

  /** A change was announced. Only documents in memory (or being loaded) are fetched. */
  async apply(change: SnapshotChange): Promise<void> {
    const loading = this.#loading.get(`${change.kind}:${change.id}`);
    if (loading) {
      loading.wanted = Math.max(loading.wanted, change.version);
      return loading.done;
    }
    // Also for the version held: a deletion may be announced under it.
    if (this.#holds(change.kind, change.id)) await this.#load(change.kind, change.id, change.version);
  }

  /** Reads every loaded document again: announcements may have been missed. Rejects when the source is away. */
  async revalidate(): Promise<void> {
    const jobs: (() => Promise<void>)[] = [];
    for (const id of this.#applications.keys()) jobs.push(() => this.#load('application', id, 0));
    for (const id of this.#tenants.keys()) jobs.push(() => this.#load('tenant', id, 0));
    const lanes = Array.from({ length: 16 }, async () => {
      for (let job = jobs.pop(); job; job = jobs.pop()) await job();
    });
    await Promise.all(lanes);
  }

  /** Documents in memory, as published. */
  documents(): { tenants: TenantSnapshot[]; applications: ApplicationSnapshot[] } {
    return {
      tenants: [...this.#tenants.values()].map((tenant) => tenant.doc),
      applications: [...this.#applications.values()].map((application) => application.doc),
    };
  }

  /** Takes documents of a last-good copy; what is already loaded is newer and stays. */
  restore(documents: { tenants: readonly unknown[]; applications: readonly unknown[] }): void {
    for (const doc of documents.tenants) {
      const parsed = tenantSnapshotSchema.parse(doc);
      if (!this.#tenants.has(parsed.tenantId)) this.#putTenant(parsed);
    }
    for (const doc of documents.applications) {
      const parsed = applicationSnapshotSchema.parse(doc);
      if (!this.#applications.has(parsed.applicationId)) this.#putApplication(parsed);
    }
  }

  #holds(kind: DocumentKind, id: string): boolean {
    return kind === 'tenant' ? this.#tenants.has(id) : this.#applications.has(id);
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
      return this.#tenantsBySlug.get(slug);
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
      return this.#applicationByName.get(name);
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
    for (let tries = 0; tries < MAX_FETCHES; tries++) {
      const json = await this.#options.source.document(kind, id);
      if (json === null) {
        // An empty Redis is no reason to forget what was good; a deleted document is.
        if (await this.#options.source.isComplete()) this.#drop(kind, id);
        return;
      }
      if (this.#put(kind, id, json) >= entry.wanted) return;
    }
  }

  /** Parses and swaps in a document; an unusable one is logged and the one in memory stays. Returns the version read. */
  #put(kind: DocumentKind, id: string, json: string): number {
    try {
      if (kind === 'tenant') return this.#putTenant(tenantSnapshotSchema.parse(JSON.parse(json)));
      return this.#putApplication(applicationSnapshotSchema.parse(JSON.parse(json)));
    } catch (error) {
      this.#options.log.error('a configuration document is unusable; the last good one stays', { kind, id, error });
      return Number.POSITIVE_INFINITY;
    }
  }

  #putTenant(doc: TenantSnapshot): number {
    const held = this.#tenants.get(doc.tenantId);
    if (held?.doc.version === doc.version) return doc.version;
    const next = compileTenant(doc, this.#options.master, this.#options.log);
    if (held) this.#forgetTenant(held);
    this.#tenants.set(next.id, next);
    for (const name of namesOfTenant(doc)) {
      this.#tenantsBySlug.set(name, next);
      this.#absent.delete(`slug:${name}`);
    }
    this.#options.onChange?.();
    return doc.version;
  }

  #putApplication(doc: ApplicationSnapshot): number {
    const held = this.#applications.get(doc.applicationId);
    if (held?.doc.version === doc.version) return doc.version;
    const { master, log } = this.#options;
    const next = compileApplication(doc, opener(dataKeyOf(master, doc), doc, log));
    if (held) this.#forgetApplication(held);
    this.#applications.set(next.id, next);
    for (const name of next.names) {
      this.#applicationByName.set(name, next);
      this.#absent.delete(`name:${name}`);
    }
    this.#options.onChange?.();
    return doc.version;
  }

  #drop(kind: DocumentKind, id: string): void {
    const tenant = kind === 'tenant' ? this.#tenants.get(id) : undefined;
    const application = kind === 'application' ? this.#applications.get(id) : undefined;
    if (tenant) this.#forgetTenant(tenant);
    if (application) this.#forgetApplication(application);
    if (tenant || application) this.#options.onChange?.();
  }

  #forgetTenant(tenant: CompiledTenant): void {
    tenant.live = false;
    this.#tenants.delete(tenant.id);
    for (const name of namesOfTenant(tenant.doc)) {
      if (this.#tenantsBySlug.get(name) === tenant) this.#tenantsBySlug.delete(name);
    }
  }

  #forgetApplication(application: CompiledApplication): void {
    application.live = false;
    this.#applications.delete(application.id);
    for (const name of application.names) {
      if (this.#applicationByName.get(name) === application) this.#applicationByName.delete(name);
    }
  }
}
