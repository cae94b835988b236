'use client';

import { Button } from '@parley/ui/button';
import { useEffect, useState } from 'react';
import type { HeldRefusal } from './held-refusals.ts';

/** A refusal that is not sent yet: how long it can be taken back, and what happens when the page closes. */
export function HeldNotice({ refusal, onUndo }: { refusal: HeldRefusal; onUndo: () => void }) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((refusal.sendsAtMs - nowMs) / 1000));
  const what = refusal.ids.length === 1 ? 'This request will be' : `${refusal.ids.length} requests will be`;
  return (
    <div role="status" className="flex flex-wrap items-center gap-3 rounded-md border bg-surface px-4 py-2.5 text-sm">
      <p className="min-w-0 flex-1">
        {what} refused in <span className="tabular-nums">{seconds}</span>
        {'\u2009'}s.{' '}
        <span className="text-muted">Nobody has been told yet; closing this tab before then leaves it waiting.</span>
      </p>
      <Button size="sm" onClick={onUndo}>
        Undo
      </Button>
    </div>
  );
}
