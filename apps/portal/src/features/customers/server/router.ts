import { exemptBillingAccount } from '@parley/services/billing-accounts/exempt';
import { getBillingAccount } from '@parley/services/billing-accounts/get';
import { readLedger } from '@parley/services/billing-accounts/ledger';
import { listBillingAccounts } from '@parley/services/billing-accounts/list';
import { giveCredit } from '@parley/services/credit-grants/give';
import { listCreditGrants } from '@parley/services/credit-grants/list';
import { voidCredit } from '@parley/services/credit-grants/void';
import { previewInvoice } from '@parley/services/invoices/preview';
import { downloadStatement } from '@parley/services/statements/download';
import { getStatement } from '@parley/services/statements/get';
import { listStatements } from '@parley/services/statements/list';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const customersRouter = t.router({
  list: procedureFor(listBillingAccounts),
  get: procedureFor(getBillingAccount),
  ledger: procedureFor(readLedger),
  credit: procedureFor(listCreditGrants),
  giveCredit: procedureFor(giveCredit),
  preview: procedureFor(previewInvoice),
  exempt: procedureFor(exemptBillingAccount),
  voidCredit: procedureFor(voidCredit),
  statements: procedureFor(listStatements),
  statement: procedureFor(getStatement),
  statementFile: procedureFor(downloadStatement),
});
