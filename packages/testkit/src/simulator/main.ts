import { parseArgs } from 'node:util';
import { startSimulator } from './start.ts';

/** `node packages/testkit/src/simulator/main.ts --port N [--host H] [--ms-per-token N] [--prompt-cache]` */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'ms-per-token': { type: 'string', default: '0' },
    'prompt-cache': { type: 'boolean', default: false },
  },
});

const simulator = await startSimulator({
  port: Number(values.port),
  host: values.host,
  msPerToken: Number(values['ms-per-token']),
  promptCache: values['prompt-cache'],
});
console.log(`simulator listening on ${simulator.url}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}
