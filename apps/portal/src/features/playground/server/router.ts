import { getCatalogueApi } from '@parley/services/catalogue/get';
import { createKey } from '@parley/services/keys/create';
import { listModels } from '@parley/services/models/list';
import { previewModelRequest } from '@parley/services/models/preview-request';
import { getRequest } from '@parley/services/requests/get';
import { listSubscriptions } from '@parley/services/subscriptions/list';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const playgroundRouter = t.router({
  subscriptions: procedureFor(listSubscriptions),
  api: procedureFor(getCatalogueApi),
  models: procedureFor(listModels),
  makeKey: procedureFor(createKey),
  preview: procedureFor(previewModelRequest),
  /** What was recorded of a call made here. */
  recorded: procedureFor(getRequest),
});
