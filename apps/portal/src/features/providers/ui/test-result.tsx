'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Duration } from '@parley/ui/format';
import { useState } from 'react';
import type { RouterOutputs } from '@/trpc/root.ts';

type Outcome = RouterOutputs['providers']['test'];
const SHOWN = 8;

/** How a test call to a provider went, and the models it lists, each to be added with one press. */
export function TestResult({ outcome, onAdd }: { outcome: Outcome; onAdd: ((name: string) => void) | null }) {
  const [all, setAll] = useState(false);
  const models = all ? outcome.models : outcome.models.slice(0, SHOWN);
  return (
    <div role="status" className="flex flex-col gap-2 rounded-md bg-sunken p-3 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={outcome.ok ? 'success' : 'danger'} dot>
          {outcome.ok ? 'It works' : 'It does not work yet'}
        </Badge>
        <span className="text-faint text-xs tabular-nums">
          {outcome.status !== null && `status ${outcome.status} · `}
          <Duration ms={outcome.latencyMs} />
        </span>
      </div>
      <p>{outcome.sentence}</p>
      {onAdd && models.length > 0 && (
        <div className="flex flex-wrap gap-1.5">
          {models.map((name) => (
            <Button key={name} size="sm" onClick={() => onAdd(name)}>
              Add <span className="max-w-56 truncate font-mono">{name}</span>
            </Button>
          ))}
          {!all && outcome.models.length > SHOWN && (
            <Button size="sm" variant="ghost" onClick={() => setAll(true)}>
              {outcome.models.length - SHOWN} more
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
