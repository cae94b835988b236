'use client';

import { Button } from '@parley/ui/button';
import { DiffView } from '@parley/ui/diff';
import { Field, Select } from '@parley/ui/field';
import { Notice } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { Skeleton } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

type Version = RouterOutputs['prompts']['versions']['items'][number];

/** One saved version: what differs from any other, and the ways back to it. */
export function VersionSheet({
  slug,
  version,
  latest,
  onClose,
  onOpen,
}: {
  slug: string;
  version: Version;
  latest: number;
  onClose: () => void;
  onOpen: ((version: Version) => void) | null;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [from, setFrom] = useState(version.number - 1);
  const diff = useQuery({
    ...trpc.prompts.diff.queryOptions({ prompt: slug, from, to: version.number }),
    enabled: from > 0,
  });
  const rollback = useMutation(
    trpc.prompts.rollback.mutationOptions({
      onSuccess: async (made) => {
        await queries.invalidateQueries(trpc.prompts.pathFilter());
        toast({ title: `Version ${made.number} says what version ${version.number} said` });
        onOpen?.(made);
        onClose();
      },
    }),
  );
  const fault = faultOf(rollback.error);
  const others = Array.from({ length: latest }, (_, at) => latest - at).filter((number) => number !== version.number);
  return (
    <Sheet
      open
      wide
      onOpenChange={onClose}
      title={`Version ${version.number}`}
      description={version.note || undefined}
      footer={
        onOpen && (
          <>
            <Button
              onClick={() => {
                onOpen(version);
                onClose();
              }}
            >
              Open in the editor
            </Button>
            {version.number !== latest && (
              <Button
                variant="primary"
                busy={rollback.isPending}
                onClick={() => rollback.mutate({ prompt: slug, promptVersion: version.number })}
              >
                Roll back to it
              </Button>
            )}
          </>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {fault && <Notice tone="danger" title={fault.message} />}
        {others.length > 0 && (
          <Field label="What changed since">
            <Select
              className="w-36"
              value={from > 0 ? String(from) : ''}
              placeholder="Choose"
              onChange={(event) => setFrom(Number(event.target.value))}
              options={others.map((number) => ({ value: String(number), label: `Version ${number}` }))}
            />
          </Field>
        )}
        {from === 0 ? (
          <pre className="whitespace-pre-wrap break-words font-mono text-xs leading-5">
            {version.definition.messages.map(({ role, text }) => `[${role}]\n${text}`).join('\n\n')}
          </pre>
        ) : diff.data ? (
          <DiffView sections={diff.data.sections} />
        ) : diff.isError ? (
          <Notice tone="danger" title={faultOf(diff.error)?.message} />
        ) : (
          <Skeleton className="h-64 w-full" />
        )}
      </div>
    </Sheet>
  );
}
