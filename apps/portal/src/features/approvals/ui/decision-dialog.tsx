'use client';

import { StateBadge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useId, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { SubscriptionState } from '@/words/subscription-state.tsx';
import { type Approval, MOVES, type Move } from './approval-types.ts';

const TITLES: Readonly<Record<Move, string>> = {
  approve: 'Approve',
  refuse: 'Refuse',
  suspend: 'Pause',
  resume: 'Resume',
  revoke: 'Revoke',
};

const CONSEQUENCES: Readonly<Record<Move, string>> = {
  approve: 'Calls are answered from the moment you approve.',
  refuse: 'Sent after ten seconds; until then you can undo it.',
  suspend: 'Calls are refused from now on, until you resume.',
  resume: 'Calls are answered again at once.',
  revoke: 'Calls are refused from now on. This cannot be undone; the applicant may ask again.',
};

/** A decision with its reason, and what the applicant will read, before it is made. */
export function DecisionDialog({
  on,
  move,
  onClose,
  onDecide,
}: {
  on: readonly Approval[];
  move: Move;
  onClose: () => void;
  onDecide: (reason: string, expiresAt: string | undefined) => Promise<void>;
}) {
  const { tenant } = useShell();
  const formId = useId();
  const [reason, setReason] = useState('');
  const [end, setEnd] = useState('');
  const [missing, setMissing] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [now] = useState(() => new Date().toISOString());
  const [first] = on;
  if (!first) return null;
  const { needsReason, danger, label, to } = MOVES[move];
  const expiresAt = end ? new Date(`${end}T23:59:59`).toISOString() : undefined;
  const fault = missing ? { message: 'Something is missing.', issues: [{ path: 'reason', message: missing }] } : null;
  const submit = async (): Promise<void> => {
    if (needsReason && reason.trim() === '') {
      setMissing('Say why; the applicant reads it.');
      return;
    }
    setBusy(true);
    await onDecide(reason.trim(), expiresAt).finally(() => setBusy(false));
  };
  const subject = on.length === 1 ? `${first.applicant.name}’s access to ${first.api.name}` : `${on.length} requests`;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${TITLES[move]} ${subject}?`}
      description={CONSEQUENCES[move]}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant={danger ? 'danger' : 'primary'} busy={busy}>
            {label}
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} fields={['reason']} onSubmit={submit}>
        <Field
          label={needsReason ? 'Reason' : 'A word to the applicant'}
          optional={!needsReason}
          error={issueOf(fault, 'reason')}
        >
          <Textarea
            rows={2}
            maxLength={2000}
            value={reason}
            onChange={(event) => {
              setReason(event.target.value);
              setMissing(null);
            }}
          />
        </Field>
        {move === 'approve' && (
          <Field label="Ends on" optional hint="Access stops by itself at the end of that day, your time.">
            <Input type="date" min={tomorrow()} value={end} onChange={(event) => setEnd(event.target.value)} />
          </Field>
        )}
        <section className="flex flex-col gap-1.5">
          <h3 className="text-faint text-xs">
            What {on.length === 1 ? first.applicant.name : 'each applicant'} will see
          </h3>
          <div className="rounded-md border bg-sunken px-4 py-3 text-sm">
            <p className="flex flex-wrap items-center gap-2">
              <span className="font-medium">{first.api.name}</span>
              <StateBadge state={to} />
              <span className="text-faint text-xs">plan {first.plan.name}</span>
            </p>
            <p className="mt-1 text-muted">
              <SubscriptionState
                subscription={{
                  ...first,
                  plan: { approval: 'manual' },
                  state: to,
                  publisher: { name: tenant.name },
                  decidedAt: now,
                  decisionReason: reason.trim() || (needsReason ? '…' : ''),
                  expiresAt: move === 'approve' ? (expiresAt ?? null) : first.expiresAt,
                }}
              />
            </p>
          </div>
        </section>
      </Form>
    </Dialog>
  );
}

/** The first day that an end can be set to, as a date field writes it. */
function tomorrow(): string {
  const date = new Date(Date.now() + 86_400_000);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}
