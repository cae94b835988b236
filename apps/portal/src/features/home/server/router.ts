import { createApplication } from '@parley/services/applications/create';
import { readOverview } from '@parley/services/home/overview';
import { createKey } from '@parley/services/keys/create';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const homeRouter = t.router({
  overview: procedureFor(readOverview),
  createApplication: procedureFor(createApplication),
  createKey: procedureFor(createKey),
});
