/**
 * Prints how long it takes to have a session of 100 turns from Redis, opened and assembled (CP-6), in milliseconds:
 * `npm run bench -- context`. `all` is what a call waits, Redis included; `cpu` is this thread's
 * processor time of it, which other work on the machine does not change.
 */
import { redisKeys } from '@parley/contracts/redis-keys';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import type { Turn as Message } from '@parley/llm/neutral/call';
import { estimateTurnTokens } from '@parley/llm/neutral/estimate';
import { Redis } from 'ioredis';
import { assemble } from '../src/assemble.ts';
import { OpenedTurns } from '../src/opened-turns.ts';
import { sealSettings, sealTurn, settingsSchema } from '../src/session.ts';
import { SessionStore } from '../src/store/session-store.ts';

const TURNS = 100;
const RUNS = 1000;
const WARM = 300;

const redis = new Redis(parseEnv(storesEnv).REDIS_URL);
const store = new SessionStore(redis);
const key = { bytes: Buffer.alloc(32, 7) };
const settings = settingsSchema.parse({ system: 'You are a clerk of a small shop.' });
const text = (words: number): Message['parts'] => [{ kind: 'text', text: 'some words of a talk '.repeat(words / 5) }];

const id = newId();
await store.create(id, {
  tenantId: newId(),
  applicationId: newId(),
  owner: '',
  settings: sealSettings(key, id, settings),
  keepMs: 3_600_000,
});
for (let i = 0; i < TURNS; i++) {
  const turnId = newId();
  const messages: Message[] = [
    { role: 'user', parts: text(40) },
    { role: 'assistant', parts: text(120) },
  ];
  const content = {
    model: 'fast',
    dialect: 'openai_chat',
    messages,
    tokens: messages.map(estimateTurnTokens),
  } as const;
  await store.turn(id, { turnId, revision: 0, state: 'complete', sealed: sealTurn(key, id, turnId, content) });
}
const request: Message[] = [{ role: 'user', parts: text(40) }];

async function once(window: number, opened: OpenedTurns): Promise<{ readonly all: number; readonly cpu: number }> {
  const began = performance.now();
  const cpuBefore = process.threadCpuUsage();
  const hot = await store.read(id);
  if (hot === null || hot === 'deleted') throw new Error('the session is gone');
  const turns = await opened.open(key, id, hot.turns, store);
  if (turns === null) throw new Error('the session changed');
  const rest = { maxOutputTokens: 1000, modelMaxOutputTokens: null, exact: true };
  const made = assemble({ settings, turns, request, requestTokens: 50, window, ...rest });
  if ('overflow' in made) throw new Error('it does not fit');
  const { user, system } = process.threadCpuUsage(cpuBefore);
  return { all: performance.now() - began, cpu: (user + system) / 1000 };
}

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2);
const known = new OpenedTurns();
for (const [window, again] of [
  [128_000, true],
  [8_000, true],
  [128_000, false],
] as const) {
  for (let i = 0; i < WARM; i++) await once(window, known);
  const all: number[] = [];
  const cpu: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const took = await once(window, again ? known : new OpenedTurns());
    all.push(took.all);
    cpu.push(took.cpu);
  }
  for (const times of [all, cpu]) times.sort((a, b) => a - b);
  console.log(
    `window ${window}, ${again ? 'on a node that had it before' : 'first time on a node'}: all p50 ${at(all, 0.5)} p99 ${at(all, 0.99)}; cpu p50 ${at(cpu, 0.5)} p99 ${at(cpu, 0.99)} ms`,
  );
}
await redis.del(redisKeys.contextSession(id), redisKeys.contextTurns(id));
redis.disconnect();
