import { parseArgs } from 'node:util';
import { startSampleService } from './start.ts';

/** `node packages/testkit/src/sample-service/main.ts --port N [--host H]` */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, host: { type: 'string', default: '127.0.0.1' } },
});

const service = await startSampleService({ port: Number(values.port), host: values.host });
console.log(`sample service listening on ${service.url}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void service.close().then(() => process.exit(0)));
}
