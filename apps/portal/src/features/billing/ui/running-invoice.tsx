'use client';

import { Button } from '@parley/ui/button';
import { Notice } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { InvoicePreview } from '@/billing-details/invoice-preview.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

/** The invoice that runs up with a publisher, on demand. */
export function RunningInvoice({ account }: { account: string }) {
  const trpc = useTRPC();
  const [shown, setShown] = useState(false);
  const preview = useQuery(trpc.billing.preview.queryOptions({ account }, { enabled: shown }));
  const fault = faultOf(preview.error);
  return (
    <div className="flex flex-col gap-3">
      <Button size="sm" className="self-start" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {shown ? 'Hide the running invoice' : 'Show the running invoice'}
      </Button>
      {shown && fault && <Notice tone="danger" title={fault.message} />}
      {shown && !fault && (preview.data ? <InvoicePreview preview={preview.data} /> : <SkeletonRows rows={3} />)}
    </div>
  );
}
