import { exportCosts } from '@parley/services/costs/export';
import { reportMargin } from '@parley/services/costs/margin';
import { reportCosts } from '@parley/services/costs/report';
import { listProviders } from '@parley/services/providers/list';
import { reconcileProvider } from '@parley/services/providers/reconcile';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const costsRouter = t.router({
  report: procedureFor(reportCosts),
  margin: procedureFor(reportMargin),
  providers: procedureFor(listProviders),
  reconcile: procedureFor(reconcileProvider),
  export: procedureFor(exportCosts),
});
