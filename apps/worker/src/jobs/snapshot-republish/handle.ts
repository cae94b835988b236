import { JOBS } from '@parley/contracts/jobs';
import { newId } from '@parley/kernel/id';
import { defineJob, GivenUp } from '../../job.ts';
import type { Ports } from '../../ports.ts';
import { compileAndPublish } from '../../snapshots/compile.ts';
import { beginRepublish, type DocumentKind, finishRepublish, publishedIds } from '../../snapshots/store.ts';

const PAGE = 500;
const AT_ONCE = 4;

/**
 * Makes Redis say what PostgreSQL says: publishes every document again, ends those that are gone, and then declares Redis
 * complete. A document that cannot be compiled is reported and left out; it must not keep all others away.
 */
export const snapshotRepublish = defineJob({
  name: 'snapshot.republish',
  schema: JOBS['snapshot.republish'].schema,
  tenantOf: () => null,
  async handle({ payload, ports, log }) {
    const mark = newId();
    const started = performance.now();
    await beginRepublish(ports.redis, mark);
    const publish = async (kind: DocumentKind, id: string): Promise<void> => {
      try {
        await compileAndPublish(ports, kind, id);
      } catch (error) {
        if (!(error instanceof GivenUp)) throw error;
        log.error('a document was left out of a republish', { kind, id, error });
      }
    };
    let documents = 0;
    for (const kind of ['tenant', 'application'] as const) {
      const seen = new Set<string>();
      for await (const ids of idsOf(ports, kind)) {
        await inParallel(ids, (id) => publish(kind, id));
        for (const id of ids) seen.add(id);
      }
      for await (const id of publishedIds(ports.redis, kind)) if (!seen.has(id)) await publish(kind, id);
      documents += seen.size;
    }
    const whole = await finishRepublish(ports.redis, mark, ports.clock.nowMs());
    if (!whole) throw new Error('Redis lost its data during a republish, or another one began; it starts over');
    log.info('every document was published', { reason: payload.reason, documents, ms: performance.now() - started });
  },
});

async function* idsOf(ports: Ports, kind: DocumentKind): AsyncGenerator<string[]> {
  const table = kind === 'tenant' ? 'tenants' : 'applications';
  let after = '00000000-0000-0000-0000-000000000000';
  while (true) {
    const { rows } = await ports.pool.query<{ id: string }>(
      `SELECT id FROM ${table} WHERE id > $1 ORDER BY id LIMIT ${PAGE}`,
      [after],
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map((row) => row.id);
    after = last.id;
  }
}

async function inParallel(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  const waiting = [...ids];
  const lane = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) await work(id);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
