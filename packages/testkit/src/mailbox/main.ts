import { parseArgs } from 'node:util';
import { startMailbox } from './start.ts';

/** `node packages/testkit/src/mailbox/main.ts --smtp-port N --http-port M [--host H] [--dir FOLDER]` */
const { values } = parseArgs({
  options: {
    'smtp-port': { type: 'string', default: '0' },
    'http-port': { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    dir: { type: 'string' },
  },
});

const mailbox = await startMailbox({
  smtpPort: Number(values['smtp-port']),
  httpPort: Number(values['http-port']),
  host: values.host,
  ...(values.dir === undefined ? {} : { dir: values.dir }),
});
console.log(`mailbox listening on ${mailbox.url} and ${mailbox.smtpUrl}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void mailbox.close().then(() => process.exit(0)));
}
