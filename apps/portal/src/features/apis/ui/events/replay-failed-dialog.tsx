'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Select } from '@parley/ui/field';
import { Form } from '@parley/ui/form';
import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Api } from '../types.ts';
import { useRefreshEvents } from './use-deliveries.ts';

const HOUR_MS = 3_600_000;
const SPANS = [
  { value: '1', label: 'In the last hour' },
  { value: '24', label: 'In the last day' },
  { value: '168', label: 'In the last week' },
  { value: '720', label: 'In the last 30 days' },
] as const;

/** Sends everything again that failed in a span of time. */
export function ReplayFailedDialog({ api, onClose }: { api: Api; onClose: () => void }) {
  const trpc = useTRPC();
  const formId = useId();
  const refresh = useRefreshEvents();
  const [hours, setHours] = useState('24');
  const replay = useMutation(trpc.apis.replayFailed.mutationOptions());
  const submit = async (): Promise<void> => {
    const now = Date.now();
    const { count } = await replay.mutateAsync({
      api: api.slug,
      from: new Date(now - Number(hours) * HOUR_MS).toISOString(),
      until: new Date(now + HOUR_MS).toISOString(),
    });
    toast({
      title: count === 1 ? '1 delivery is sent again' : `${count} deliveries are sent again`,
      body: count === 0 ? 'Nothing had failed in this time.' : 'They keep their ids, and get all their tries anew.',
    });
    await refresh();
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title="Send failed deliveries again"
      description="They keep their ids, so a destination that took one before can tell. Destinations that are switched off are left out."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={replay.isPending}>
            Send again
          </Button>
        </>
      }
    >
      <Form id={formId} fault={faultOf(replay.error)} onSubmit={submit}>
        <Field label="Which failed">
          <Select value={hours} onChange={(event) => setHours(event.target.value)} options={SPANS} />
        </Field>
      </Form>
    </Dialog>
  );
}
