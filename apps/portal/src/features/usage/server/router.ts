import { usageBreakdown } from '@parley/services/usage/breakdown';
import { usageSeries } from '@parley/services/usage/series';
import { usageSummary } from '@parley/services/usage/summary';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const usageRouter = t.router({
  summary: procedureFor(usageSummary),
  series: procedureFor(usageSeries),
  breakdown: procedureFor(usageBreakdown),
});
