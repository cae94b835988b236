'use client';

import { Badge, type Tone } from '@parley/ui/badge';
import { Card } from '@parley/ui/card';
import { ConfirmDialog } from '@parley/ui/dialog';
import { Section } from '@parley/ui/page';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Application, Batch } from './application-types.ts';
import { BatchRow } from './batch-row.tsx';

interface Props {
  readonly application: Application;
  readonly mayWrite: boolean;
}

const BATCH_STATES: Readonly<Record<Batch['state'], { readonly label: string; readonly tone: Tone }>> = {
  validating: { label: 'Waiting', tone: 'neutral' },
  in_progress: { label: 'Running', tone: 'info' },
  finalizing: { label: 'Finishing', tone: 'info' },
  completed: { label: 'Completed', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  expired: { label: 'Expired', tone: 'warning' },
  cancelling: { label: 'Being cancelled', tone: 'neutral' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
};

const LOOK_AGAIN_MS = 5000;
const isOver = ({ endedAt }: Batch): boolean => endedAt !== null;

/**
 * Batches of an application. Most have none, and where the gateway cannot be asked none can be shown: then there is no
 * section.
 */
export function BatchSection({ application, mayWrite }: Props) {
  const trpc = useTRPC();
  const [cancelling, setCancelling] = useState<Batch | null>(null);
  const { data } = useQuery({
    ...trpc.applications.batches.list.queryOptions({ application: application.slug }),
    retry: false,
    refetchInterval: ({ state }) => (state.data?.items.every(isOver) === false ? LOOK_AGAIN_MS : false),
  });
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title="Batches" description="Many calls sent as one file: the newest that are kept.">
      <Card>
        <ul aria-label="Batches" className="divide-y">
          {items.map((batch) => (
            <BatchRow
              key={batch.id}
              application={application}
              batch={batch}
              state={<Badge tone={BATCH_STATES[batch.state].tone}>{BATCH_STATES[batch.state].label}</Badge>}
              mayWrite={mayWrite}
              onCancel={() => setCancelling(batch)}
            />
          ))}
        </ul>
      </Card>
      {cancelling && <CancelDialog application={application} batch={cancelling} onClose={() => setCancelling(null)} />}
    </Section>
  );
}

interface CancelProps {
  readonly application: Application;
  readonly batch: Batch;
  readonly onClose: () => void;
}

function CancelDialog({ application, batch, onClose }: CancelProps) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const cancel = useMutation(
    trpc.applications.batches.cancel.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.applications.batches.list.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Stop this batch?"
      confirmLabel="Stop the batch"
      busy={cancel.isPending}
      error={faultOf(cancel.error)?.message}
      onConfirm={() => cancel.mutate({ application: application.slug, batch: batch.id })}
      consequence="Calls that run come to their end, and what was answered is kept. No further call is made. This cannot be undone."
    />
  );
}
