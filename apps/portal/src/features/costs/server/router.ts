import { exportCosts } from '@parley/services/costs/export';
import { reportCosts } from '@parley/services/costs/report';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const costsRouter = t.router({
  report: procedureFor(reportCosts),
  export: procedureFor(exportCosts),
});
