'use client';

import { Badge } from '@parley/ui/badge';
import { IconButton } from '@parley/ui/button';
import { RelativeTime } from '@parley/ui/format';
import { Gauge, KeyRound, X } from 'lucide-react';
import { useState } from 'react';
import { limitWords, troubleWords } from './key-limits.tsx';
import { KeyLimitsDialog } from './key-limits-dialog.tsx';
import type { Provider } from './provider-card.tsx';

type Key = Provider['keys'][number];

/** A provider's keys: masked, with their share and limits, and whether one is left alone for a while. */
export function KeyList({
  provider,
  mayWrite,
  onRemove,
}: {
  provider: Provider;
  mayWrite: boolean;
  onRemove: (key: Key) => void;
}) {
  const [changing, setChanging] = useState<Key | null>(null);
  return (
    <ul aria-label={`Keys of ${provider.name}`} className="flex flex-col gap-1">
      {provider.keys.map((key) => (
        <li key={key.id} className="flex items-center gap-2 text-sm">
          <KeyRound aria-hidden className="size-3.5 shrink-0 text-faint" />
          <span className="min-w-0">
            <span className="flex flex-wrap items-center gap-x-2">
              <span className="truncate">{key.label}</span>
              <span className="break-all font-mono text-faint text-xs">{key.masked}</span>
              {provider.keys.length > 1 && <span className="text-faint text-xs">weight {key.weight}</span>}
            </span>
            <span className="block text-faint text-xs">{limitWords(key.limits)}</span>
            {key.resting && (
              <span className="flex flex-wrap items-center gap-x-1.5 text-muted text-xs">
                <Badge tone="warning">Resting</Badge> {troubleWords(key.resting.why)}, again{' '}
                <RelativeTime at={key.resting.until} />
              </span>
            )}
          </span>
          {mayWrite && (
            <span className="ml-auto flex shrink-0">
              <IconButton
                label={`Weight and limits of the key ${key.label}`}
                size="sm"
                onClick={() => setChanging(key)}
              >
                <Gauge />
              </IconButton>
              <IconButton label={`Remove the key ${key.label}`} size="sm" onClick={() => onRemove(key)}>
                <X />
              </IconButton>
            </span>
          )}
        </li>
      ))}
      {changing && <KeyLimitsDialog provider={provider} of={changing} onClose={() => setChanging(null)} />}
    </ul>
  );
}
