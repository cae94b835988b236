'use client';

import { ButtonLink } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Users } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import type { Api } from './types.ts';

/** How many hold the API, and the way to the page where they are decided on. */
export function SubscribersPanel({ api }: { api: Api }) {
  const { can, href } = useShell();
  const link = can('approvals.read') ? (
    <ButtonLink href={href(`approvals?api=${api.slug}`)} variant="primary">
      Open approvals
    </ButtonLink>
  ) : undefined;
  if (api.subscriberCount === 0) {
    return (
      <EmptyState icon={<Users />} title="Nobody subscribes yet" action={link}>
        Once it is published, applications ask for it in the catalogue. Their requests stand on the page Approvals.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Users />}
      title={
        api.subscriberCount === 1
          ? '1 application holds or asks for this API'
          : `${api.subscriberCount} applications hold or ask for this API`
      }
      action={link}
    >
      The page Approvals shows who they are, on which plan and since when, and lets you suspend or revoke one.
    </EmptyState>
  );
}
