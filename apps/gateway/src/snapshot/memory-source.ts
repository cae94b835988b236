import { namesOfApplication } from '@parley/contracts/identity';
import type { ApplicationSnapshot, TenantSnapshot } from '@parley/contracts/snapshot';
import { namesOfTenant } from '@parley/contracts/tenant-names';
import type { SnapshotSource } from './source.ts';

export interface MemorySource extends SnapshotSource {
  readonly tenants: Map<string, TenantSnapshot>;
  readonly applications: Map<string, ApplicationSnapshot>;
  /** Documents in place of parsed ones, by `kind:id`: to hold something unusable. */
  readonly raw: Map<string, string>;
  complete: boolean;
  away: boolean;
  readonly asked: string[];
  reads: number;
}

/** The twin of Redis for configuration: documents in maps. */
export function memorySource(): MemorySource {
  const tenants = new Map<string, TenantSnapshot>();
  const applications = new Map<string, ApplicationSnapshot>();
  return {
    tenants,
    applications,
    raw: new Map(),
    complete: true,
    away: false,
    asked: [],
    reads: 0,
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
      if (raw !== undefined) return raw;
      const doc = kind === 'tenant' ? tenants.get(id) : applications.get(id);
      return doc ? JSON.stringify(doc) : null;
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
