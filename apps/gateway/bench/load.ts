import { readFileSync, rmSync } from 'node:fs';
import {
  api,
  apiKey,
  application,
  model,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from '../test/documents.ts';
import { publishApplication, publishTenant } from '../test/publish.ts';
import { completion } from '../test/upstream-server.ts';
import { Bed, option, SUBJECT, script } from './bed.ts';
import { driver } from './drive.ts';
import { gatewayConfig } from './nginx.ts';
import { answers, freePort, memoryMb, start } from './process.ts';
import { type Contestant, measure, printTable } from './rounds.ts';

/**
 * The gateway under load against nginx doing the same work and against the least proxy Node can be, in one run.
 * Everything a user has on is on: key, limit (real Redis), usage record (spool, queue).
 * `--seconds=2 --rounds=5 --connections=64 --warm=40000`
 */
const load = { seconds: option('seconds', 2), rounds: option('rounds', 5), connections: option('connections', 64) };
const warm = option('warm', 40_000);

const bed = new Bed();
try {
  const restPort = await bed.upstream('{"ok":true,"items":[1,2,3]}');
  const chatPort = await bed.upstream(JSON.stringify(completion('Hello there, how can I help you today?')));
  const shop = publisher(`bench-${process.pid}`);
  const limit = [{ requests: 1_000_000_000, windowSeconds: 60 }];
  const rest = restApi(shop, 'rest', upstream(shop, `http://127.0.0.1:${restPort}`, { auth: null }).id, limit);
  model(shop, provider(shop, `http://127.0.0.1:${chatPort}/v1`).id, 'fast');
  const llm = api(shop, 'llm', { kind: 'llm', models: ['fast'] }, limit);
  const key = apiKey();
  await publishTenant(bed.redis, shop.doc);
  await publishApplication(bed.redis, application([subscription(shop, rest), subscription(shop, llm)], [key.entry]));
  const headers = { 'x-api-key': key.secret };
  const contestants: Contestant[] = [];

  if (bed.nginx) {
    const port = await freePort();
    const folder = bed.subfolder('nginx');
    const config = gatewayConfig(folder, port, restPort, key.secret);
    const nginx = bed.keep(start('nginx', bed.nginx, ['-p', folder, '-c', config], SUBJECT));
    const url = `http://127.0.0.1:${port}/x`;
    await answers(url, 200, { headers });
    contestants.push({ name: 'nginx: key map, limit_req, access log', processes: [nginx], load: { url, headers } });
  }
  const barePort = await freePort();
  const bareArgs = [script('bare-proxy.ts'), String(barePort), `http://127.0.0.1:${restPort}`];
  const bare = bed.keep(start('bare proxy', process.execPath, bareArgs, SUBJECT));
  await answers(`http://127.0.0.1:${barePort}/`, 200);
  contestants.push({
    name: 'bare node:http + undici',
    processes: [bare],
    load: { url: `http://127.0.0.1:${barePort}/x`, headers },
  });

  const { process: gateway, url, loopFile } = await bed.gateway(await freePort());
  const restUrl = `${url}/${shop.doc.slug}/rest/v1/x`;
  const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hello, can you help me?' }] });
  contestants.push(
    { name: 'gateway: REST, key, limit, usage', processes: [gateway], load: { url: restUrl, headers } },
    {
      name: 'gateway: chat completion, same dialect',
      processes: [gateway],
      load: { url: `${url}/v1/chat/completions`, headers: { ...headers, 'content-type': 'application/json' }, body },
    },
  );

  const rows = await measure(contestants, { ...load, warm });
  process.stdout.write(
    `\n${driver}, ${load.connections} connections, ${load.rounds} rounds of ${load.seconds} s each, `,
  );
  process.stdout.write('medians; one process on one core\n');
  printTable(rows, { nginx: contestants[0]?.name.startsWith('nginx') ? 0 : -1, bare: contestants.length - 3 });

  // One call at a time: what the gateway adds to a call.
  const alone = await measure(
    [
      { name: 'upstream itself', processes: [gateway], load: { url: `http://127.0.0.1:${restPort}/x`, headers } },
      { name: 'through the gateway', processes: [gateway], load: { url: restUrl, headers } },
    ],
    { seconds: load.seconds, rounds: load.rounds, connections: 1, warm: 0 },
  );
  const [direct, through] = alone;
  rmSync(loopFile, { force: true });
  process.kill(gateway.pid, 'SIGUSR2');
  await measure([{ name: '', processes: [gateway], load: { url: restUrl, headers } }], { ...load, rounds: 1, warm: 0 });
  process.kill(gateway.pid, 'SIGUSR2');
  const memory = memoryMb(gateway.pid);
  await new Promise((resolve) => setTimeout(resolve, 200));
  if (direct && through) {
    const added = (name: 'p50Us' | 'p99Us'): string => (through[name] - direct[name]).toFixed(0);
    process.stdout.write(`\nadded to one call at a time: p50 ${added('p50Us')} µs, p99 ${added('p99Us')} µs\n`);
  }
  const loopMs = Number(readFileSync(loopFile, 'utf8'));
  process.stdout.write(`gateway under load: event loop delay p99 ${loopMs.toFixed(1)} ms, memory ${memory} MB\n`);
} finally {
  await bed.close();
}
