import { countUnreadNotifications } from '@parley/services/notifications/count-unread';
import { listNotifications } from '@parley/services/notifications/list';
import { markReadNotifications } from '@parley/services/notifications/mark-read';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const shellRouter = t.router({
  unread: procedureFor(countUnreadNotifications),
  notifications: procedureFor(listNotifications),
  markRead: procedureFor(markReadNotifications),
});
