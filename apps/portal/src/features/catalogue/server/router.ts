import { getCatalogueApi } from '@parley/services/catalogue/get';
import { listCatalogue } from '@parley/services/catalogue/list';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const catalogueRouter = t.router({
  list: procedureFor(listCatalogue),
  get: procedureFor(getCatalogueApi),
});
