import { CustomerView } from './customer-view.tsx';

export const customerMetadata = { title: 'Customer' };

/** One customer’s account: balances, credit, and every booking. */
export async function CustomerPage({ params }: { params: Promise<{ account: string }> }) {
  return <CustomerView accountId={(await params).account} />;
}
