import { Collection, type Thing } from './collection.ts';
import type { Idempotency } from './idempotency.ts';
import type { StatePart } from './kept-state.ts';
import { type MeterEvent, metersOf } from './meter-events.ts';
import type { Webhooks } from './webhooks.ts';
import type { World } from './world.ts';

/** Never changed once they are there: only what is new has to be looked at. */
const UNCHANGING: ReadonlySet<string> = new Set([
  'events',
  'thinEvents',
  'sessionLines',
  'sessionParams',
  'portalSessions',
  'cardNumbers',
]);

/** Everything that must outlive the simulator's process: every collection and map of the world, and what stands beside it. */
export function stateParts(world: World, keys: Idempotency, webhooks: Webhooks): StatePart[] {
  const { events } = metersOf(world);
  return [
    {
      name: 'clock',
      entries: () => [['skippedSeconds', world.skippedSeconds]],
      put: (_id, seconds: number) => world.advance(seconds - world.skippedSeconds),
      stamp: String,
    },
    ...Object.entries(world).flatMap(([name, held]) => ofWorld(name, held)),
    {
      name: 'meterEvents',
      entries: () => events.map((event, at) => [String(at), event] as const),
      put: (_id, event: MeterEvent) => void events.push(event),
      stamp: (event: MeterEvent) => event.state,
    },
    {
      name: 'idempotencyKeys',
      entries: () => keys.entries(),
      put: (key, kept) => keys.restore(key, kept),
      stamp: ({ at }: { at: number }) => String(at),
    },
    {
      name: 'waitingWebhooks',
      entries: () => [...webhooks.waiting].map((id) => [id, true] as const),
      put: (id) => void webhooks.waiting.add(id),
    },
  ];
}

function ofWorld(name: string, held: unknown): StatePart[] {
  const stamp = UNCHANGING.has(name) ? {} : { stamp: (value: unknown) => JSON.stringify(value) };
  if (held instanceof Collection) {
    const things = held as Collection<Thing>;
    return [
      {
        name,
        entries: () => things.all().map((thing) => [thing.id, thing] as const),
        put: (_id, thing: Thing) => void things.add(thing),
        ...stamp,
      },
    ];
  }
  if (!(held instanceof Map)) return [];
  const map = held as Map<string, unknown>;
  return [{ name, entries: () => map.entries(), put: (id, value: unknown) => void map.set(id, value), ...stamp }];
}
