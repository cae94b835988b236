'use client';

import { IconButton } from '@parley/ui/button';
import { RelativeTime } from '@parley/ui/format';
import { Menu, MenuItem } from '@parley/ui/menu';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { EllipsisVertical, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { BatchSection } from './batch-section.tsx';
import { DeleteApplicationDialog } from './delete-application-dialog.tsx';
import { EditApplicationDialog } from './edit-application-dialog.tsx';
import { IdentitySection } from './identity-section.tsx';
import { JobSection } from './job-section.tsx';
import { KeySection } from './key-section.tsx';
import { SubscriptionSection } from './subscription-section.tsx';
import { WebhookSecretSection } from './webhook-secret-section.tsx';

interface Props {
  readonly tenant: string;
  readonly application: string;
  readonly mayWrite: boolean;
  readonly mayMakeKeys: boolean;
}

/** An application's page: what it may call, and with what. */
export function ApplicationView({ tenant, application: slug, mayWrite, mayMakeKeys }: Props) {
  const trpc = useTRPC();
  const { data: application, error } = useQuery(trpc.applications.get.queryOptions({ application: slug }));
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
  const fault = faultOf(error);
  if (!application) {
    return <Page>{fault ? <Notice tone="danger" title={fault.message} /> : <SkeletonRows />}</Page>;
  }
  return (
    <Page>
      <PageHeader
        crumbs={[{ label: 'Applications', href: `/t/${tenant}/applications` }]}
        title={application.name}
        description={application.description}
        actions={
          mayWrite && (
            <Menu
              trigger={
                <IconButton label="More">
                  <EllipsisVertical />
                </IconButton>
              }
            >
              <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setOpen('edit')}>
                Edit name and description
              </MenuItem>
              <MenuItem danger icon={<Trash2 aria-hidden />} onSelect={() => setOpen('delete')}>
                Delete…
              </MenuItem>
            </Menu>
          )
        }
      />
      <p className="-mt-4 text-faint text-xs">
        <code className="font-mono">{application.slug}</code> · created <RelativeTime at={application.createdAt} /> ·
        last used <RelativeTime at={application.lastUsedAt} />
      </p>
      <KeySection application={application} mayMakeKeys={mayMakeKeys} />
      <IdentitySection application={application} mayWrite={mayMakeKeys} />
      <SubscriptionSection tenant={tenant} application={application} mayWrite={mayWrite} />
      <WebhookSecretSection application={application} mayMakeKeys={mayMakeKeys} />
      <JobSection tenant={tenant} application={application} />
      <BatchSection application={application} mayWrite={mayWrite} />
      {open === 'edit' && <EditApplicationDialog application={application} onClose={() => setOpen(null)} />}
      {open === 'delete' && (
        <DeleteApplicationDialog tenant={tenant} application={application} onClose={() => setOpen(null)} />
      )}
    </Page>
  );
}
