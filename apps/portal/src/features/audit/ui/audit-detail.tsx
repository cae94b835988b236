'use client';

import { CodeBlock } from '@parley/ui/code-block';
import { RelativeTime, ShortId } from '@parley/ui/format';
import { Sheet } from '@parley/ui/sheet';
import type { ReactNode } from 'react';
import { auditDeed } from '@/words/audit-words.ts';
import type { AuditEntry } from './audit-words.ts';

/** One entry, whole. */
export function AuditDetail({ entry, onClose }: { entry: AuditEntry | null; onClose: () => void }) {
  return (
    <Sheet
      open={entry !== null}
      onOpenChange={(open) => !open && onClose()}
      title={entry ? auditDeed(entry.action) : ''}
    >
      {entry && (
        <div className="flex flex-col gap-5">
          <dl className="grid grid-cols-[6rem_1fr] gap-x-4 gap-y-3">
            <Fact name="When">
              <RelativeTime at={entry.at} />
              <span className="ml-2 text-faint text-xs">{entry.at.replace('T', ' ').slice(0, 19)} UTC</span>
            </Fact>
            <Fact name="Who">
              {entry.actor.label} <span className="text-faint">({entry.actor.kind})</span>
            </Fact>
            <Fact name="What">
              <code className="font-mono text-xs">{entry.action}</code>
            </Fact>
            <Fact name="Of">
              <span className="text-faint">{entry.subject.kind.replaceAll('-', ' ')}</span> {entry.subject.label}
              {entry.subject.id && (
                <span className="ml-2">
                  <ShortId id={entry.subject.id} />
                </span>
              )}
            </Fact>
          </dl>
          <CodeBlock
            wrap
            title="Details"
            snippets={[{ label: 'Details', code: JSON.stringify(entry.detail, null, 2) }]}
          />
        </div>
      )}
    </Sheet>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
