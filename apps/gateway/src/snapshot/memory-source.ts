import { namesOfApplication } from '@parley/contracts/identity';
import type { ApplicationSnapshot, TenantSnapshot } from '@parley/contracts/snapshot';
import { splitApplication, splitTenant } from '@parley/contracts/snapshot-parts';
import { namesOfTenant } from '@parley/contracts/tenant-names';
import type { SnapshotSource } from './source.ts';

export interface MemorySource extends SnapshotSource {
  readonly tenants: Map<string, TenantSnapshot>;
  readonly applications: Map<string, ApplicationSnapshot>;
  /** Documents in place of parsed ones, by `kind:id`: to hold something unusable. */
  readonly raw: Map<string, string>;
  /** Whether documents are stored in parts, as large ones are. */
  inParts: boolean;
  complete: boolean;
  away: boolean;
  readonly asked: string[];
  reads: number;
  /** Names of parts that were fetched. */
  readonly fetched: string[];
}

/** The twin of Redis for configuration: documents in maps. */
export function memorySource(): MemorySource {
  const tenants = new Map<string, TenantSnapshot>();
  const applications = new Map<string, ApplicationSnapshot>();
  return {
    tenants,
    applications,
    raw: new Map(),
    inParts: false,
    complete: true,
    away: false,
    asked: [],
    reads: 0,
    fetched: [],
    async tenantIdOf(slug) {
      this.reads++;
      if (this.away) throw new Error('the source is away');
      return [...tenants.values()].find((doc) => namesOfTenant(doc).includes(slug))?.tenantId ?? null;
    },
    async applicationIdOf(name) {
      this.reads++;
      if (this.away) throw new Error('the source is away');
      const owner = [...applications.values()].find((doc) => namesOfApplication(doc).includes(name));
      return owner?.applicationId ?? null;
    },
    async document(kind, id) {
      this.reads++;
      if (this.away) throw new Error('the source is away');
      const raw = this.raw.get(`${kind}:${id}`);
      if (raw !== undefined) return { form: 'whole', json: raw };
      const [tenant, application] = [tenants.get(id), applications.get(id)];
      const doc = kind === 'tenant' ? tenant : application;
      if (doc === undefined) return null;
      if (!this.inParts) return { form: 'whole', json: JSON.stringify(doc) };
      const split = kind === 'tenant' ? tenant && splitTenant(tenant) : application && splitApplication(application);
      return { form: 'manifest', json: split?.manifest ?? '' };
    },
    async parts(kind, id, names) {
      if (this.away) throw new Error('the source is away');
      this.fetched.push(...names);
      const [tenant, application] = [tenants.get(id), applications.get(id)];
      const split = kind === 'tenant' ? tenant && splitTenant(tenant) : application && splitApplication(application);
      return names.map((name) => split?.parts.get(name) ?? null);
    },
    async isComplete() {
      if (this.away) throw new Error('the source is away');
      return this.complete;
    },
    async askRepublish(reason) {
      this.asked.push(reason);
    },
  };
}
