'use client';

import { Button } from '@parley/ui/button';
import { RelativeTime } from '@parley/ui/format';
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Application, Batch } from './application-types.ts';

interface Props {
  readonly application: Application;
  readonly batch: Batch;
  readonly state: ReactNode;
  readonly mayWrite: boolean;
  readonly onCancel: () => void;
}

const MAY_CANCEL: ReadonlySet<Batch['state']> = new Set(['validating', 'in_progress']);

/** One batch: how it stands, how far it is, and what can be done with it. */
export function BatchRow({ application, batch, state, mayWrite, onCancel }: Props) {
  const { name, endpoint, total, completed, failed, problem } = batch;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <span className="flex min-w-60 flex-1 flex-col gap-0.5">
        <span className="break-all font-medium font-mono text-xs">{name}</span>
        <span className="break-all text-muted text-xs">
          {endpoint}
          {total > 0 && ` · ${completed + failed} of ${total} done`}
          {failed > 0 && ` · ${failed} failed`}
          {problem !== null && ` · ${problem}`}
        </span>
      </span>
      <span className="text-faint text-xs">
        {batch.endedAt === null ? 'sent ' : 'ended '}
        <RelativeTime at={batch.endedAt ?? batch.createdAt} />
      </span>
      {state}
      {mayWrite && (batch.hasOutput || batch.hasErrors || MAY_CANCEL.has(batch.state)) && (
        <span className="flex gap-2">
          {batch.hasOutput && <DownloadButton application={application} batch={batch} file="output" />}
          {batch.hasErrors && <DownloadButton application={application} batch={batch} file="errors" />}
          {MAY_CANCEL.has(batch.state) && (
            <Button size="sm" variant="ghost" onClick={onCancel}>
              Stop…
            </Button>
          )}
        </span>
      )}
    </li>
  );
}

type FileProps = Pick<Props, 'application' | 'batch'> & { readonly file: 'output' | 'errors' };

const LABELS = { output: 'Answers', errors: 'Errors' } as const;

function DownloadButton({ application, batch, file }: FileProps) {
  const trpc = useTRPC();
  const read = useMutation(trpc.applications.batches.read.mutationOptions());
  const save = async (): Promise<void> => {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (let part: number | null = 0; part !== null; ) {
      const asked = { application: application.slug, batch: batch.id, file, part };
      const { base64, next }: { base64: string; next: number | null } = await read.mutateAsync(asked);
      pieces.push(bytesOf(base64));
      part = next;
    }
    saveFile(`${batch.name}_${file}.jsonl`, new Blob(pieces, { type: 'application/x-jsonl' }));
  };
  return (
    <span className="flex flex-col items-end gap-1">
      <Button
        size="sm"
        busy={read.isPending}
        icon={<Download aria-hidden className="size-4" />}
        // What went wrong stands below.
        onClick={() => void save().catch(() => {})}
      >
        {LABELS[file]}
      </Button>
      {read.error && (
        <span role="alert" className="text-danger-text text-xs">
          {faultOf(read.error)?.message}
        </span>
      )}
    </span>
  );
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
