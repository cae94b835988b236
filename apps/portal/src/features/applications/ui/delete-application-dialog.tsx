'use client';

import { ConfirmDialog } from '@parley/ui/dialog';
import { toast } from '@parley/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Application } from './application-types.ts';

export function DeleteApplicationDialog({
  tenant,
  application,
  onClose,
}: {
  tenant: string;
  application: Application;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const remove = useMutation(
    trpc.applications.delete.mutationOptions({
      onSuccess: async () => {
        router.push(`/t/${tenant}/applications`);
        toast({ title: `“${application.name}” is deleted` });
        await queries.invalidateQueries({ queryKey: trpc.applications.list.pathKey() });
      },
    }),
  );
  const keys = application.liveKeys === 1 ? 'Its key stops' : `Its ${application.liveKeys} keys stop`;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete “${application.name}”?`}
      consequence={`${application.liveKeys > 0 ? `${keys} working at once. ` : ''}Its usage and history stay. This cannot be undone.`}
      confirmLabel="Delete application"
      typeToConfirm={application.slug}
      busy={remove.isPending}
      error={faultOf(remove.error)?.message}
      onConfirm={() => remove.mutate({ application: application.id })}
    />
  );
}
