import { setBillingDetails } from '@parley/services/billing-accounts/set-details';
import { previewInvoice } from '@parley/services/invoices/preview';
import { buyCredit } from '@parley/services/payments/buy-credit';
import { checkoutPlan } from '@parley/services/payments/checkout-plan';
import { keepCard } from '@parley/services/payments/keep-card';
import { openPaymentPortal } from '@parley/services/payments/open-portal';
import { overviewPayments } from '@parley/services/payments/overview';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const billingRouter = t.router({
  overview: procedureFor(overviewPayments),
  preview: procedureFor(previewInvoice),
  setDetails: procedureFor(setBillingDetails),
  buyCredit: procedureFor(buyCredit),
  checkoutPlan: procedureFor(checkoutPlan),
  keepCard: procedureFor(keepCard),
  openPortal: procedureFor(openPaymentPortal),
});
