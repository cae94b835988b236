'use client';

import { Button } from '@parley/ui/button';
import { ConfirmDialog, Dialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Notice } from '@parley/ui/page';
import { useMutation } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { MOVES, type Move } from './moves.ts';
import type { Version } from './types.ts';
import { useRefresh } from './use-refresh.ts';

/** The moves that may be made now, each with what it does. */
export function MoveButtons({ version }: { version: Version }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const refresh = useRefresh();
  const [asking, setAsking] = useState<Move | null>(null);
  // A move that failed because somebody else was quicker leaves a stale page: it is read anew either way.
  const after = {
    onSuccess: () => {
      setAsking(null);
      return refresh();
    },
    onError: () => void refresh(),
  };
  const moves = {
    publish: useMutation(trpc.apis.publish.mutationOptions(after)),
    submit: useMutation(trpc.apis.submit.mutationOptions(after)),
    withdraw: useMutation(trpc.apis.withdraw.mutationOptions(after)),
    restore: useMutation(trpc.apis.restore.mutationOptions(after)),
    retire: useMutation(trpc.apis.retire.mutationOptions(after)),
  };
  const at = { api: version.api, version: version.version };
  const allowed = version.moves.filter((move) => can(MOVES[move].permission));
  const blocked = (move: Move): boolean => move === 'publish' && version.blockers.length > 0;
  const press = (move: Move): void => {
    if (move === 'deprecate' || MOVES[move].confirm) setAsking(move);
    else if (move !== 'retire') moves[move].mutate(at);
  };
  const failed = Object.values(moves).find(({ error }) => error !== null)?.error;
  const fault = faultOf(failed);
  if (allowed.length === 0) return null;
  return (
    <div className="flex flex-col gap-3">
      <div className="grid gap-x-3 gap-y-2 sm:grid-cols-[auto_1fr] sm:items-center">
        {allowed.map((move, at) => (
          <Fragment key={move}>
            <Button
              className="max-sm:justify-self-start"
              variant={at === 0 && move === 'publish' ? 'primary' : 'secondary'}
              disabled={blocked(move)}
              busy={move !== 'deprecate' && moves[move].isPending}
              onClick={() => press(move)}
            >
              {MOVES[move].label}
            </Button>
            <span className="text-muted text-xs max-sm:mb-2">
              {blocked(move) ? 'What is missing is listed above.' : MOVES[move].consequence}
            </span>
          </Fragment>
        ))}
      </div>
      {fault && asking === null && (
        <Notice tone="danger" title={fault.message}>
          {fault.issues.map(({ message }) => message).join(' ')}
        </Notice>
      )}
      {asking === 'deprecate' && <DeprecateDialog version={version} onClose={() => setAsking(null)} />}
      <ConfirmDialog
        open={asking === 'retire'}
        onOpenChange={() => setAsking(null)}
        title={`Retire ${version.api} ${version.version}?`}
        consequence={MOVES.retire.consequence}
        confirmLabel="Retire for good"
        typeToConfirm={version.version}
        busy={moves.retire.isPending}
        error={faultOf(moves.retire.error)?.message}
        onConfirm={() => moves.retire.mutate(at)}
      />
    </div>
  );
}

function DeprecateDialog({ version, onClose }: { version: Version; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [until, setUntil] = useState('');
  const deprecate = useMutation(
    trpc.apis.deprecate.mutationOptions({
      onSuccess: async () => {
        await refresh();
        onClose();
      },
    }),
  );
  const fault = faultOf(deprecate.error);
  return (
    <Dialog
      open
      size="sm"
      onOpenChange={onClose}
      title={`Deprecate ${version.api} ${version.version}?`}
      description={MOVES.deprecate.consequence}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="deprecate" variant="danger" busy={deprecate.isPending}>
            Deprecate
          </Button>
        </>
      }
    >
      <Form
        id="deprecate"
        fault={fault}
        fields={['sunsetAt']}
        onSubmit={() =>
          deprecate.mutateAsync({
            api: version.api,
            version: version.version,
            sunsetAt: until ? new Date(`${until}T00:00:00`).toISOString() : null,
          })
        }
      >
        <Field
          label="It will stop answering on"
          optional
          error={issueOf(fault, 'sunsetAt')}
          hint="Announced to callers. You still retire it yourself."
        >
          <Input type="date" value={until} onChange={(event) => setUntil(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
