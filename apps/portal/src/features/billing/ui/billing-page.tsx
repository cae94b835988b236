import { BillingView } from './billing-view.tsx';

export const billingMetadata = { title: 'Billing' };

/** What the tenant has with each publisher whose priced plans it uses: credit, debts, its card. */
export async function BillingPage({ searchParams }: { searchParams: Promise<{ done?: string | string[] }> }) {
  const { done } = await searchParams;
  return <BillingView done={typeof done === 'string' ? done : null} />;
}
