import { auditChoices } from '@parley/services/audit/choices';
import { listAudit } from '@parley/services/audit/list';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const auditRouter = t.router({
  list: procedureFor(listAudit),
  choices: procedureFor(auditChoices),
});
