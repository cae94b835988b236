import { namesOfApplication } from '@parley/contracts/identity';
import {
  type DocumentInParts,
  splitApplication,
  splitTenant,
  WHOLE_BELOW_BYTES,
} from '@parley/contracts/snapshot-parts';
import { namesOfTenant } from '@parley/contracts/tenant-names';
import type { Transaction } from '@parley/db/client';
import { compileApplicationSnapshot } from '@parley/services/snapshots/compile-application';
import { compileTenantSnapshot } from '@parley/services/snapshots/compile-tenant';
import { z } from 'zod';
import { seedMissing } from '../budgets/counters.ts';
import { seedCredit } from '../credit/counters.ts';
import { GivenUp } from '../job.ts';
import type { Ports } from '../ports.ts';
import { type DocumentKind, type PublishedDocument, publishDocument } from './store.ts';

type Compiled = Pick<PublishedDocument, 'json' | 'inParts' | 'names'>;

const GONE: Compiled = { json: null, names: [] };

/** A document as JSON, and where it is large in parts as well. */
function written<T>(doc: T, split: (doc: T) => DocumentInParts): Pick<PublishedDocument, 'json' | 'inParts'> {
  const json = JSON.stringify(doc);
  return { json, inParts: Buffer.byteLength(json) < WHOLE_BELOW_BYTES ? null : split(doc) };
}

type Compiler = (tx: Transaction, id: string, version: number, ports: Ports) => Promise<Compiled>;

const COMPILERS: Readonly<Record<DocumentKind, Compiler>> = {
  async tenant(tx, id, version, ports) {
    const snapshot = await compileTenantSnapshot(tx, id, version);
    // Before gateways learn of a budget, its counter knows what was spent.
    if (snapshot?.budgets !== undefined) await seedMissing(tx, ports, id);
    return snapshot ? { ...written(snapshot, splitTenant), names: namesOfTenant(snapshot) } : GONE;
  },
  async application(tx, id, version, { redis }) {
    const snapshot = await compileApplicationSnapshot(tx, id, version);
    // Before gateways learn what may be charged, its counter knows what was.
    if (snapshot !== null) await seedCredit(tx, redis, snapshot);
    return snapshot ? { ...written(snapshot, splitApplication), names: namesOfApplication(snapshot) } : GONE;
  },
};

/**
 * Compiles one document from the database and publishes it. The document's lock is taken before its version is drawn and
 * before it is read, and held until it is published: of two compilations the one with the higher version has read later.
 * Throws `GivenUp` when what is stored cannot be made into a document of the contract.
 */
export async function compileAndPublish(ports: Ports, kind: DocumentKind, id: string): Promise<void> {
  await ports.db.within({}, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`snapshot:${kind}:${id}`}, 0))`;
    const [drawn] = await tx.$queryRaw<{ version: bigint }[]>`SELECT nextval('snapshot_version') AS version`;
    const version = Number(drawn?.version);
    const compiled = await COMPILERS[kind](tx, id, version, ports).catch((error: unknown) => {
      if (error instanceof z.ZodError) {
        throw new GivenUp(`The ${kind} ${id} cannot be published as it is stored: ${error.message}`, error);
      }
      throw error;
    });
    await publishDocument(ports.redis, { kind, id, version, ...compiled });
  });
}
