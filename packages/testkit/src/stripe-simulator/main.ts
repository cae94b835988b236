import { parseArgs } from 'node:util';
import { startStripeSimulator } from './start.ts';

/** `node packages/testkit/src/stripe-simulator/main.ts --port N [--host H] [--webhook URL --webhook-secret S] [--key K] [--state FILE]` */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    key: { type: 'string' },
    webhook: { type: 'string' },
    'webhook-secret': { type: 'string' },
    state: { type: 'string' },
  },
});

/** Like Stripe's: soon at first, then for three days. */
const RETRY_MS = [500, 2_000, 5_000, 15_000, 60_000, ...Array.from({ length: 2_160 }, () => 120_000)];

const { webhook: url, 'webhook-secret': secret, key, state: stateFile } = values;
const simulator = await startStripeSimulator({
  port: Number(values.port),
  host: values.host,
  webhookRetryMs: RETRY_MS,
  ...(stateFile === undefined ? {} : { stateFile }),
  ...(key === undefined ? {} : { secretKey: key }),
  ...(url === undefined || secret === undefined ? {} : { webhook: { url, secrets: [secret] } }),
});
console.log(`stripe simulator listening on ${simulator.url}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}
