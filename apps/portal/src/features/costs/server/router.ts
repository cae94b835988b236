import { exportCosts } from '@parley/services/costs/export';
import { reportMargin } from '@parley/services/costs/margin';
import { reportCosts } from '@parley/services/costs/report';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const costsRouter = t.router({
  report: procedureFor(reportCosts),
  margin: procedureFor(reportMargin),
  export: procedureFor(exportCosts),
});
