'use client';

import { Button } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { Field, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Notice } from '@parley/ui/page';
import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ExplainForm } from './explain-form.tsx';
import { InspectedToken } from './inspected-token.tsx';

/** Looks into a token: whether it is good, what it says, what decides a question; and ends it. */
export function InspectView({ token, setToken }: { token: string; setToken: (token: string) => void }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const [revoking, setRevoking] = useState(false);
  const inspect = useMutation(trpc.partyTokens.inspect.mutationOptions());
  const revoke = useMutation(
    trpc.partyTokens.revoke.mutationOptions({
      onSuccess: () => {
        setRevoking(false);
        toast({ title: 'Revoked: every node refuses it within a second.' });
        inspect.mutate({ token });
      },
    }),
  );
  const fault = faultOf(inspect.error);
  const { data } = inspect;
  return (
    <div className="flex flex-col gap-8">
      <Form
        fault={fault}
        fields={['token']}
        onSubmit={() => inspect.mutateAsync({ token })}
        className="flex flex-col gap-4"
      >
        <Field
          label="Party token"
          hint="It stays on this page. That you looked into it is noted in the audit log, the token is not."
          error={issueOf(fault, 'token')}
        >
          <Textarea
            rows={4}
            spellCheck={false}
            autoComplete="off"
            className="break-all font-mono text-xs"
            placeholder="eyJ…"
            value={token}
            onChange={(event) => {
              setToken(event.target.value);
              inspect.reset();
            }}
          />
        </Field>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" busy={inspect.isPending} disabled={token.trim() === ''}>
            Inspect
          </Button>
          {data?.claims && data.active && can('keys.write') && (
            <Button variant="danger" onClick={() => setRevoking(true)}>
              Revoke
            </Button>
          )}
        </div>
      </Form>
      {data && !data.claims && (
        <Notice tone="danger" title="This token opens nothing">
          {data.whyNot}
        </Notice>
      )}
      {data?.claims && (
        <>
          <InspectedToken inspected={data} claims={data.claims} />
          <ExplainForm token={token} claims={data.claims} />
        </>
      )}
      {revoking && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && setRevoking(false)}
          title="Revoke this token?"
          consequence="Every node refuses it within a second, and with it every token that was exchanged from it. It cannot be brought back."
          confirmLabel="Revoke"
          busy={revoke.isPending}
          error={faultOf(revoke.error)?.message}
          onConfirm={() => revoke.mutate({ token })}
        />
      )}
    </div>
  );
}
