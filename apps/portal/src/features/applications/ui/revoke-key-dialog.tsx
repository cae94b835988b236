'use client';

import { ConfirmDialog } from '@parley/ui/dialog';
import { RelativeTime } from '@parley/ui/format';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Key } from './application-types.ts';

/** Asks for the key's name, and says first which calls of the last hour would have failed. */
export function RevokeKeyDialog({ apiKey, onClose }: { apiKey: Key; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const impact = useQuery({ ...trpc.applications.keys.impact.queryOptions({ id: apiKey.id }), staleTime: 0 });
  const revoke = useMutation(
    trpc.applications.keys.revoke.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: trpc.applications.pathKey() });
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Revoke “${apiKey.name}”?`}
      consequence={
        <div className="flex flex-col gap-3">
          <p>
            Every call with any secret of this key is refused from now on. It cannot be undone; rotate it if you only
            want a new secret.
          </p>
          {impact.data === undefined ? (
            <p>
              {impact.error
                ? 'Its calls of the last hour could not be read.'
                : 'Looking up its calls of the last hour…'}
            </p>
          ) : impact.data.calls === 0 ? (
            <p>It made no call in the last hour, as far as is recorded yet.</p>
          ) : (
            <div className="rounded-md bg-warning-soft px-3 py-2 text-warning-text">
              <p className="font-medium">
                In use: {impact.data.calls} {impact.data.calls === 1 ? 'call' : 'calls'} in the last hour, the latest{' '}
                <RelativeTime at={impact.data.lastCallAt} />
              </p>
              <ul className="mt-1">
                {impact.data.apis.map((api) => (
                  <li key={api.name}>
                    {api.name}: {api.calls}
                  </li>
                ))}
              </ul>
            </div>
          )}
        </div>
      }
      confirmLabel="Revoke key"
      typeToConfirm={apiKey.name}
      busy={revoke.isPending}
      error={faultOf(revoke.error)?.message}
      onConfirm={() => revoke.mutate({ id: apiKey.id })}
    />
  );
}
