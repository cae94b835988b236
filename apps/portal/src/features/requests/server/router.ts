import { exportRequests } from '@parley/services/requests/export';
import { getRequest } from '@parley/services/requests/get';
import { listRequests } from '@parley/services/requests/list';
import { readBodies } from '@parley/services/requests/read-bodies';
import { tailRequests } from '@parley/services/requests/tail';
import { getSession } from '@parley/services/sessions/get';
import { listSessions } from '@parley/services/sessions/list';
import { usageBreakdown } from '@parley/services/usage/breakdown';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const requestsRouter = t.router({
  list: procedureFor(listRequests),
  get: procedureFor(getRequest),
  tail: procedureFor(tailRequests),
  export: procedureFor(exportRequests),
  bodies: procedureFor(readBodies),
  sessions: procedureFor(listSessions),
  session: procedureFor(getSession),
  /** What there is to filter by: the APIs, applications and models that had calls. */
  groups: procedureFor(usageBreakdown),
});
