import { Badge, type Tone } from '@parley/ui/badge';
import { Card } from '@parley/ui/card';
import { Duration } from '@parley/ui/format';
import type { RouterOutputs } from '@/trpc/root.ts';

type Queue = RouterOutputs['system']['health']['queues'][number];

const STATES: Readonly<Record<Queue['state'], { word: string; tone: Tone }>> = {
  idle: { word: 'Nothing waits', tone: 'success' },
  working: { word: 'Working', tone: 'info' },
  behind: { word: 'Behind', tone: 'warning' },
};

const WHAT: Readonly<Record<string, string>> = {
  snapshot: 'Configuration to the gateways',
  usage: 'Calls into the database',
  rollup: 'Adding usage up by hour',
  mail: 'Mails and notices',
  maintenance: 'Expiries and upkeep',
  events: 'Accepted events and callbacks to their receivers',
  bodies: 'Kept bodies of calls',
  bench: 'Runs of the test bench',
  limits: 'Counters of limits, after Redis lost them',
  context: 'Turns of conversations into the database',
  'context-asks': 'Conversations that gateways ask for',
  stripe: 'Payments with Stripe',
};

/** How each kind of work keeps up. The queues are shared by all tenants, so their length is nobody's to see. */
export function Queues({ queues }: { queues: readonly Queue[] }) {
  if (queues.length === 0) return null;
  return (
    <Card>
      <h2 className="border-b px-4 py-3 font-semibold text-sm">Queues</h2>
      <ul className="divide-y">
        {queues.map(({ name, state, oldestSeconds }) => (
          <li key={name} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm">
            <span className="min-w-0 flex-1">
              {WHAT[name] ?? name} <span className="font-mono text-faint text-xs">{name}</span>
            </span>
            {state !== 'idle' && (
              <span className="text-muted text-xs">
                the oldest waits <Duration ms={oldestSeconds * 1000} />
              </span>
            )}
            <Badge tone={STATES[state].tone} dot>
              {STATES[state].word}
            </Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}
