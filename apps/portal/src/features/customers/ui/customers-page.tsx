import { CustomersView } from './customers-view.tsx';

export const customersMetadata = { title: 'Customers' };

/** Whoever uses priced plans of the tenant’s APIs: what each holds and owes. */
export function CustomersPage() {
  return <CustomersView />;
}
