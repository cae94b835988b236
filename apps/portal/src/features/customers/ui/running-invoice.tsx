'use client';

import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { InvoicePreview } from '@/billing-details/invoice-preview.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

/** What would be invoiced to a customer today. */
export function RunningInvoice({ accountId }: { accountId: string }) {
  const trpc = useTRPC();
  const preview = useQuery(trpc.customers.preview.queryOptions({ account: accountId }));
  const fault = faultOf(preview.error);
  return (
    <Section title="Running invoice" description="What the next invoice would say if its month were closed now.">
      {fault && <Notice tone="danger" title={fault.message} />}
      {!fault && (preview.data ? <InvoicePreview preview={preview.data} /> : <SkeletonRows rows={3} />)}
    </Section>
  );
}
