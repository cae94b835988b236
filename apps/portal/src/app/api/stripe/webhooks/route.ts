export { handleStripeWebhook as POST } from '@/features/billing/server/webhook.ts';
export const dynamic = 'force-dynamic';
