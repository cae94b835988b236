import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Loaded into a process under test: SIGUSR2 writes its event loop's p99 delay since the last one, in ms, and starts anew. */
const file = process.env.BENCH_LOOP_FILE;
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('SIGUSR2', () => {
  if (file !== undefined) writeFileSync(file, String(delay.percentile(99) / 1e6));
  delay.reset();
});
