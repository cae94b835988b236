import { listCreditNotes } from '@parley/services/credit-notes/list';
import { creditInvoice } from '@parley/services/invoices/credit';
import { listInvoices } from '@parley/services/invoices/list';
import { mineInvoices } from '@parley/services/invoices/mine';
import { recordInvoicePayment } from '@parley/services/invoices/record-payment';
import { voidInvoice } from '@parley/services/invoices/void';
import { writeOffInvoice } from '@parley/services/invoices/write-off';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const invoicesRouter = t.router({
  issued: procedureFor(listInvoices),
  received: procedureFor(mineInvoices),
  creditNotes: procedureFor(listCreditNotes),
  recordPayment: procedureFor(recordInvoicePayment),
  credit: procedureFor(creditInvoice),
  void: procedureFor(voidInvoice),
  writeOff: procedureFor(writeOffInvoice),
});
