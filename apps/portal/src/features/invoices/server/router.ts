import { listInvoices } from '@parley/services/invoices/list';
import { mineInvoices } from '@parley/services/invoices/mine';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const invoicesRouter = t.router({
  issued: procedureFor(listInvoices),
  received: procedureFor(mineInvoices),
});
