'use client';

import { Button } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { Eraser } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Version } from '../types.ts';

/** A button that empties a version's cache, once its consequence was read. */
export function PurgeCache({ version }: { version: Version }) {
  const trpc = useTRPC();
  const [asking, setAsking] = useState(false);
  const purge = useMutation(
    trpc.apis.purgeCache.mutationOptions({
      onSuccess: () => {
        setAsking(false);
        toast({ title: 'The cache is empty', body: 'No answer kept until now is given again.' });
      },
    }),
  );
  return (
    <>
      <Button size="sm" variant="ghost" icon={<Eraser className="size-3.5" />} onClick={() => setAsking(true)}>
        Empty<span className="sr-only"> the cache</span>
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Empty the cache?"
        consequence={`Every answer kept for ${version.api} ${version.version} is forgotten within a second, on all nodes. The next calls go to the upstream, all of them at first.`}
        confirmLabel="Empty the cache"
        busy={purge.isPending}
        error={faultOf(purge.error)?.message}
        onConfirm={() => purge.mutate({ api: version.api, version: version.version })}
      />
    </>
  );
}
