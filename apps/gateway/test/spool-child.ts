import { noopLogger } from '@parley/telemetry/logger';
import { memoryJobQueue } from '../src/ports/job-queue.ts';
import { Spool } from '../src/ports/meter/spool.ts';
import { usageEvent } from './usage-event.ts';

/** Records events without end and prints each id once it is safe; to be killed. */
const [dir = ''] = process.argv.slice(2);
const receipts = { committed: async (ids: readonly string[]) => ids.map(() => false) };
const spool = new Spool({ dir, node: 'child', jobs: memoryJobQueue(), receipts, log: noopLogger });

function step(): void {
  for (let i = 0; i < 3; i++) {
    const event = usageEvent();
    spool.record(event, ({ id }) => process.stdout.write(`${id}\n`), event);
  }
  setTimeout(step, 1);
}
step();
