import { api, apiKey, application, formatted, model, provider, publisher, subscription } from '../test/documents.ts';
import { publishApplication, publishTenant } from '../test/publish.ts';
import { Bed, OTHERS, option, SUBJECT, script } from './bed.ts';
import { driver } from './drive.ts';
import type { AnswerFormat } from './llm-answers.ts';
import { keepStreaming, openStreams, readStream, type SeenStream, type StreamTarget } from './llm-client.ts';
import { type Portkey, startPortkey } from './portkey.ts';
import { answers, cpuUs, freePort, memoryMb, start } from './process.ts';
import { type Contestant, measure, printTable, type Row } from './rounds.ts';

/**
 * Calls to models, in one protocol and translated: whole answers, streams at full speed, time to the first token beside the
 * upstream itself, streams that only stay open. Key, limit (real Redis) and usage record are on; the upstream writes bytes
 * made beforehand. `--portkey=<folder>`: beside an `@portkey-ai/gateway` installed there.
 * `--seconds=2 --rounds=5 --connections=32 --warm=20000 --pieces=500 --streams=200 --idle=5000`
 */
const load = { seconds: option('seconds', 2), rounds: option('rounds', 5), connections: option('connections', 32) };
const warm = option('warm', 20_000);
const pieces = option('pieces', 500);
const streams = option('streams', 200);
const idleStreams = option('idle', 5000);
const portkeyFolder = process.argv.find((arg) => arg.startsWith('--portkey='))?.slice('--portkey='.length);
const PACED = { pieces: 20, paceMs: 50 };
const OPEN_BATCH = 100;
const MODES = ['whole', 'burst', 'paced', 'idle'] as const;
type Mode = (typeof MODES)[number];

interface Pair {
  readonly name: string;
  readonly client: 'OpenAI' | 'Anthropic';
  readonly format: AnswerFormat;
}
const PAIRS: readonly Pair[] = [
  { name: 'OpenAI to OpenAI', client: 'OpenAI', format: 'openai' },
  { name: 'Anthropic to Anthropic', client: 'Anthropic', format: 'anthropic' },
  { name: 'Anthropic to OpenAI', client: 'Anthropic', format: 'openai' },
  { name: 'OpenAI to Anthropic', client: 'OpenAI', format: 'anthropic' },
  { name: 'OpenAI to Gemini', client: 'OpenAI', format: 'gemini' },
];
const PATHS = { OpenAI: '/v1/chat/completions', Anthropic: '/v1/messages' } as const;
const BASES: Readonly<Record<AnswerFormat, string>> = { openai: '/v1', anthropic: '', gemini: '/v1beta' };

const messages = [{ role: 'user', content: 'Hello, can you help me?' }];
const bodyFor = (name: string, stream: boolean): string =>
  JSON.stringify({ model: name, max_tokens: 512, messages, ...(stream ? { stream } : {}) });
const say = (text: string): void => void process.stdout.write(text);

function percentile(seen: readonly SeenStream[], part: number): number {
  const times = seen.map(({ firstMs }) => firstMs).sort((a, b) => a - b);
  return times[Math.floor((times.length - 1) * part)] ?? Number.NaN;
}

/** Portkey leaves out `[DONE]` where the provider has no such mark. */
function begunOrComplete(name: string, { complete, firstMs }: SeenStream): boolean {
  return complete || (name.startsWith('Portkey') && !Number.isNaN(firstMs));
}

const bed = new Bed();
try {
  const upstreamPort = await freePort();
  const upstreamArgs = [upstreamPort, pieces, PACED.pieces, PACED.paceMs].map(String);
  bed.keep(start('upstream', process.execPath, [script('llm-upstream.ts'), ...upstreamArgs], OTHERS));
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  await answers(`${upstream}/`, 200);

  const lab = publisher(`bench-${process.pid}`);
  const timeouts = { connectMs: 10_000, headersMs: 60_000, totalMs: 900_000 };
  const formats = ['openai', 'anthropic', 'gemini'] as const;
  for (const mode of MODES) {
    for (const format of formats) {
      const baseUrl = `${upstream}/${mode}/${format}${BASES[format]}`;
      const more = { slug: `${mode}-${format}`, timeouts };
      const made = format === 'openai' ? provider(lab, baseUrl, more) : formatted(lab, format, baseUrl, more);
      model(lab, made.id, `${mode}-${format}`);
    }
  }
  const limit = [{ requests: 1_000_000_000, windowSeconds: 60 }];
  const llm = api(lab, 'llm', { kind: 'llm', models: lab.doc.models.map(({ slug }) => slug) }, limit);
  const key = apiKey();
  await publishTenant(bed.redis, lab.doc);
  await publishApplication(bed.redis, application([subscription(lab, llm)], [key.entry]));
  const gateway = await bed.gateway(await freePort(), SUBJECT);
  const headers = { 'x-api-key': key.secret, 'content-type': 'application/json' };
  const through = (client: Pair['client'], mode: Mode, format: AnswerFormat): StreamTarget => ({
    url: gateway.url + PATHS[client],
    headers,
    body: bodyFor(`${mode}-${format}`, mode !== 'whole'),
  });
  const portkey: Portkey | null = portkeyFolder === undefined ? null : await startPortkey(portkeyFolder, SUBJECT);
  if (portkey !== null) bed.keep(portkey.process);

  /** Our pairs, then Portkey's: those whose clients speak OpenAI's protocol. */
  async function contestantsOf(mode: 'whole' | 'burst'): Promise<Contestant[]> {
    const made: Contestant[] = PAIRS.map(({ name, client, format }) => ({
      name,
      processes: [gateway.process],
      load: through(client, mode, format),
    }));
    for (const { name, client, format } of portkey === null ? [] : PAIRS) {
      if (portkey === null || client !== 'OpenAI') continue;
      const host = `${upstream}/${mode}/${format}${format === 'gemini' ? '' : '/v1'}`;
      const load = {
        url: portkey.url + PATHS.OpenAI,
        headers: portkey.headers(format, host),
        body: bodyFor('any', mode === 'burst'),
      };
      made.push({ name: `Portkey: ${name}`, processes: [portkey.process], load });
    }
    for (const {
      name,
      load: { url, headers: sent, body = '' },
    } of made) {
      const target = { url, headers: sent, body };
      if (mode === 'whole') await answers(url, 200, { method: 'POST', headers: sent, body });
      else if (!begunOrComplete(name, await readStream(target))) throw new Error(`${name}: no complete stream`);
    }
    return made;
  }

  say(`\n${driver}, ${load.connections} connections, ${load.rounds} rounds of ${load.seconds} s each, medians; `);
  say('one process on one core\n\nwhole answers\n');
  printTable(await measure(await contestantsOf('whole'), { ...load, warm }), { 'one protocol': 0 });

  const bursts: Row[] = await measure(await contestantsOf('burst'), { ...load, warm: Math.ceil(warm / 50) });
  say(`\nstreams of ${pieces} pieces at full speed\n`);
  printTable(bursts, { 'one protocol': 0 });
  for (const { name, cpuUs } of bursts) say(`${name}: ${(cpuUs / pieces).toFixed(2)} µs of CPU time a piece\n`);

  // In turns: the upstream itself, then through the gateway.
  const direct = { ...through('OpenAI', 'paced', 'openai'), url: `${upstream}/paced/openai/v1/chat/completions` };
  const seen: { direct: SeenStream[]; gateway: SeenStream[] } = { direct: [], gateway: [] };
  let pacedCpu = 0;
  for (let round = 0; round <= load.rounds; round++) {
    const bare = await keepStreaming(direct, streams, load.seconds);
    const before = cpuUs(gateway.process.pid);
    const ours = await keepStreaming(through('OpenAI', 'paced', 'openai'), streams, load.seconds);
    // The first round warms up.
    if (round === 0 && load.rounds > 1) continue;
    pacedCpu += cpuUs(gateway.process.pid) - before;
    seen.direct.push(...bare);
    seen.gateway.push(...ours);
  }
  const added = (part: number): string => (percentile(seen.gateway, part) - percentile(seen.direct, part)).toFixed(2);
  const cut = [...seen.direct, ...seen.gateway].filter(({ complete }) => !complete).length;
  say(
    `\n${streams} streams at a time, a piece each ${PACED.paceMs} ms; ${seen.gateway.length} through the gateway, ${cut} cut\n`,
  );
  say(`added to the first token: p50 ${added(0.5)} ms, p99 ${added(0.99)} ms `);
  say(
    `(the upstream itself: p50 ${percentile(seen.direct, 0.5).toFixed(2)} ms, p99 ${percentile(seen.direct, 0.99).toFixed(2)} ms)\n`,
  );
  say(
    `CPU time of a piece that comes alone: ${(pacedCpu / seen.gateway.length / PACED.pieces).toFixed(2)} µs, calls included\n`,
  );

  const before = memoryMb(gateway.process.pid);
  const open = await openStreams(through('OpenAI', 'idle', 'openai'), idleStreams, OPEN_BATCH);
  const opened = open.opened();
  const during = memoryMb(gateway.process.pid);
  await answers(`${upstream}/release`, 200);
  const ended = (await open.ended).filter(({ complete }) => complete).length;
  say(`\n${opened} of ${idleStreams} streams open and idle: ${during} MB, ${before} MB before; ${ended} ended well\n`);
} finally {
  await bed.close();
}
