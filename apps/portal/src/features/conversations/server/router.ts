import { listApplications } from '@parley/services/applications/list';
import { archiveContextSession } from '@parley/services/context-sessions/archive';
import { deleteContextSession } from '@parley/services/context-sessions/delete';
import { getContextSession } from '@parley/services/context-sessions/get';
import { listContextSessions } from '@parley/services/context-sessions/list';
import { previewContextSession } from '@parley/services/context-sessions/preview';
import { readContextSession } from '@parley/services/context-sessions/read';
import { restoreContextSession } from '@parley/services/context-sessions/restore';
import { updateContextSession } from '@parley/services/context-sessions/update';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const conversationsRouter = t.router({
  list: procedureFor(listContextSessions),
  get: procedureFor(getContextSession),
  read: procedureFor(readContextSession),
  preview: procedureFor(previewContextSession),
  update: procedureFor(updateContextSession),
  archive: procedureFor(archiveContextSession),
  restore: procedureFor(restoreContextSession),
  delete: procedureFor(deleteContextSession),
  /** What there is to filter by. */
  applications: procedureFor(listApplications),
});
