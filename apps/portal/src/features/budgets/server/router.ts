import { listApis } from '@parley/services/apis/list';
import { listApplications } from '@parley/services/applications/list';
import { archiveBudget } from '@parley/services/budgets/archive';
import { createBudget } from '@parley/services/budgets/create';
import { decideBudgetIncrease } from '@parley/services/budgets/decide-increase';
import { explainBudgetRefusal } from '@parley/services/budgets/explain';
import { listBudgets } from '@parley/services/budgets/list';
import { requestBudgetIncrease } from '@parley/services/budgets/request-increase';
import { updateBudget } from '@parley/services/budgets/update';
import { listModels } from '@parley/services/models/list';
import { listTeams } from '@parley/services/teams/list';
import { listUpstreams } from '@parley/services/upstreams/list';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const budgetsRouter = t.router({
  list: procedureFor(listBudgets),
  create: procedureFor(createBudget),
  update: procedureFor(updateBudget),
  archive: procedureFor(archiveBudget),
  requestIncrease: procedureFor(requestBudgetIncrease),
  decideIncrease: procedureFor(decideBudgetIncrease),
  explain: procedureFor(explainBudgetRefusal),
  /** What a budget can be about, and where its alerts can go. */
  teams: procedureFor(listTeams),
  applications: procedureFor(listApplications),
  apis: procedureFor(listApis),
  models: procedureFor(listModels),
  upstreams: procedureFor(listUpstreams),
});
