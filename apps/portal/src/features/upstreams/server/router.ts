import { createUpstream } from '@parley/services/upstreams/create';
import { deleteUpstream } from '@parley/services/upstreams/delete';
import { listUpstreams } from '@parley/services/upstreams/list';
import { listUpstreamOptions } from '@parley/services/upstreams/list-options';
import { updateUpstream } from '@parley/services/upstreams/update';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const upstreamsRouter = t.router({
  list: procedureFor(listUpstreams),
  options: procedureFor(listUpstreamOptions),
  create: procedureFor(createUpstream),
  update: procedureFor(updateUpstream),
  delete: procedureFor(deleteUpstream),
});
