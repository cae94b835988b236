export {
  BillingPage as default,
  billingMetadata as metadata,
} from '@/features/billing/ui/billing-page.tsx';
