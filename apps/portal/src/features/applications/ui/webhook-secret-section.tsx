'use client';

import { Button } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { ConfirmDialog } from '@parley/ui/dialog';
import { RelativeTime } from '@parley/ui/format';
import { Section } from '@parley/ui/page';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Application, WebhookSecret } from './application-types.ts';
import { WebhookSecretDialog } from './webhook-secret-dialog.tsx';

interface Props {
  readonly application: Application;
  readonly mayMakeKeys: boolean;
}

/** Secrets with which third parties sign what they send for this application. */
export function WebhookSecretSection({ application, mayMakeKeys }: Props) {
  const trpc = useTRPC();
  const [setting, setSetting] = useState<WebhookSecret | 'new' | null>(null);
  const [removing, setRemoving] = useState<WebhookSecret | null>(null);
  const { data } = useQuery(trpc.applications.webhookSecrets.list.queryOptions({ application: application.slug }));
  const items = data?.items ?? [];
  return (
    <Section
      title="Webhook secrets"
      description="Third parties that call an API with the policy “Inbound webhook” sign with one of these; their calls count to this application. The one named “callback” signs what tells you how calls answered later ended."
      actions={
        mayMakeKeys && (
          <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setSetting('new')}>
            Add a secret
          </Button>
        )
      }
    >
      <Card>
        {items.length === 0 && <p className="px-4 py-3 text-muted text-sm">No third party signs for it yet.</p>}
        <ul className="divide-y">
          {items.map((item) => (
            <li key={item.name} className="flex flex-col gap-2 px-4 py-3 md:flex-row md:items-center md:gap-6">
              <div className="flex min-w-0 flex-1 flex-col gap-0.5">
                <span className="font-medium font-mono text-sm">{item.name}</span>
                {item.secrets.map((secret) => (
                  <span key={`${secret.masked}${secret.createdAt}`} className="text-muted text-xs">
                    <code className="font-mono">{secret.masked}</code>, set <RelativeTime at={secret.createdAt} />
                    {secret.expiresAt && (
                      <span className="text-warning-text">
                        , accepted until it ends <RelativeTime at={secret.expiresAt} />
                      </span>
                    )}
                  </span>
                ))}
              </div>
              {mayMakeKeys && (
                <div className="flex gap-2">
                  <Button size="sm" onClick={() => setSetting(item)}>
                    Rotate
                  </Button>
                  <Button size="sm" variant="ghost" onClick={() => setRemoving(item)}>
                    Remove
                  </Button>
                </div>
              )}
            </li>
          ))}
        </ul>
      </Card>
      {setting && (
        <WebhookSecretDialog
          application={application}
          current={setting === 'new' ? null : setting}
          onClose={() => setSetting(null)}
        />
      )}
      {removing && <RemoveDialog application={application} secret={removing} onClose={() => setRemoving(null)} />}
    </Section>
  );
}

function RemoveDialog({
  application,
  secret,
  onClose,
}: {
  application: Application;
  secret: WebhookSecret;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const remove = useMutation(
    trpc.applications.webhookSecrets.remove.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.applications.webhookSecrets.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove the webhook secret “${secret.name}”?`}
      confirmLabel="Remove it"
      busy={remove.isPending}
      error={faultOf(remove.error)?.message}
      onConfirm={() => remove.mutate({ application: application.slug, name: secret.name })}
      consequence="What a third party signs with it is refused within a second, also during an overlap. This cannot be undone."
    />
  );
}
