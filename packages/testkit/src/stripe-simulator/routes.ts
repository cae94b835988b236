import { checkoutRoutes } from './resources/checkout.ts';
import { creditGrantRoutes } from './resources/credit-grants.ts';
import { customerRoutes } from './resources/customers.ts';
import { eventRoutes } from './resources/events.ts';
import { invoiceRoutes } from './resources/invoices.ts';
import { meterRoutes } from './resources/meters.ts';
import { paymentMethodRoutes } from './resources/payment-methods.ts';
import { paymentRoutes } from './resources/payments.ts';
import { productRoutes } from './resources/products.ts';
import { refundRoutes } from './resources/refunds.ts';
import { subscriptionRoutes } from './resources/subscriptions.ts';
import { testClockRoutes } from './resources/test-clocks.ts';
import type { Route } from './route.ts';

/** Everything the simulated API can be asked. */
export const ROUTES: readonly Route[] = [
  ...customerRoutes,
  ...paymentMethodRoutes,
  ...paymentRoutes,
  ...productRoutes,
  ...meterRoutes,
  ...checkoutRoutes,
  ...subscriptionRoutes,
  ...invoiceRoutes,
  ...refundRoutes,
  ...creditGrantRoutes,
  ...eventRoutes,
  ...testClockRoutes,
];
