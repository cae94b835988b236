import { InvoicesView } from './invoices-view.tsx';

export const invoicesMetadata = { title: 'Invoices' };

/** Invoices of both directions: those the tenant received from publishers, and those it issued to customers. */
export function InvoicesPage() {
  return <InvoicesView />;
}
