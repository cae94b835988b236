export {
  CustomersPage as default,
  customersMetadata as metadata,
} from '@/features/customers/ui/customers-page.tsx';
