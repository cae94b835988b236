import { Redis } from 'ioredis';
import { Holds } from '../src/ports/limiter/holds.ts';
import { RedisRuleStore } from '../src/ports/limiter/redis-rules.ts';
import type { Counters } from '../src/ports/limiter/rule.ts';

/** Holds what it is told to for as long as it lives; to be killed. */
const [url = '', counters = '', holdMs = ''] = process.argv.slice(2);
const held = JSON.parse(counters) as Counters;
const store = new RedisRuleStore(new Redis(url), { holdMs: Number(holdMs) });
const holds = new Holds(store);
const decision = await store.take(held, 1, 0);
holds.add(held, decision);
process.stdout.write(`holds ${decision.granted}\n`);
setInterval(() => {}, 1000);
