export {
  CustomerPage as default,
  customerMetadata as metadata,
} from '@/features/customers/ui/customer-page.tsx';
