import { Badge } from '@parley/ui/badge';
import { ArrowDown } from 'lucide-react';
import type { ReactNode } from 'react';

/** The path of one call, drawn: who calls, what the gateway does, what comes of it. */
export function Flow() {
  return (
    <figure className="m-0 min-w-0 rounded-md border bg-sunken p-5 md:p-6">
      <figcaption className="sr-only">
        An application calls a published prompt. The gateway checks its key, subscription and limits, asks the model,
        streams the answer, and records tokens and cost.
      </figcaption>
      <div aria-hidden className="flex flex-col gap-2">
        <Step title="Support bot" note="application of Northwind">
          <Badge>pk_live_7Qd2…x9Kf</Badge>
        </Step>
        <Arrow text="POST /acme/summarise/v1" />
        <div className="rounded-md border border-accent bg-surface p-4">
          <div className="flex items-center justify-between gap-3">
            <span className="font-semibold">Parley gateway</span>
            <span className="text-faint text-xs tabular-nums">0.4 ms</span>
          </div>
          <ul className="mt-3 grid gap-x-4 gap-y-2 text-muted sm:grid-cols-2">
            {[
              'Key known, not revoked',
              'Subscribed since March',
              '412 of 1,000 this minute',
              'Variables fit their types',
            ].map((check) => (
              <li key={check} className="flex items-center gap-2">
                <span className="size-1.5 shrink-0 rounded-full bg-success-text" />
                {check}
              </li>
            ))}
          </ul>
        </div>
        <Arrow text="gpt-class model, your provider key" />
        <Step title="200, streamed" note="first token after 310 ms">
          <span className="flex flex-wrap justify-end gap-1.5">
            <Badge tone="info">1,204 tokens</Badge>
            <Badge tone="accent">$0.0021</Badge>
          </span>
        </Step>
      </div>
    </figure>
  );
}

function Step({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <div className="flex items-center justify-between gap-3 rounded-md border bg-surface px-4 py-3">
      <div className="min-w-0">
        <div className="font-medium">{title}</div>
        <div className="text-faint text-xs">{note}</div>
      </div>
      {children}
    </div>
  );
}

function Arrow({ text }: { text: string }) {
  return (
    <div className="flex items-center gap-2 pl-6 text-faint">
      <ArrowDown className="size-4" />
      <span className="truncate font-mono text-xs">{text}</span>
    </div>
  );
}
