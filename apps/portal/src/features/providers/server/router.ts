import { listCatalogueModels } from '@parley/services/model-catalogue/list';
import { addModelPrice } from '@parley/services/model-prices/add';
import { listModelPrices } from '@parley/services/model-prices/list';
import { addModelsFromCatalogue } from '@parley/services/models/add-from-catalogue';
import { createModel } from '@parley/services/models/create';
import { disableModel } from '@parley/services/models/disable';
import { enableModel } from '@parley/services/models/enable';
import { listModels } from '@parley/services/models/list';
import { updateModel } from '@parley/services/models/update';
import { addProviderKey } from '@parley/services/provider-keys/add';
import { removeProviderKey } from '@parley/services/provider-keys/remove';
import { updateProviderKey } from '@parley/services/provider-keys/update';
import { createProvider } from '@parley/services/providers/create';
import { deleteProvider } from '@parley/services/providers/delete';
import { listProviders } from '@parley/services/providers/list';
import { listProviderPresets } from '@parley/services/providers/list-presets';
import { testProvider } from '@parley/services/providers/test';
import { updateProvider } from '@parley/services/providers/update';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const providersRouter = t.router({
  list: procedureFor(listProviders),
  presets: procedureFor(listProviderPresets),
  catalogue: procedureFor(listCatalogueModels),
  addFromCatalogue: procedureFor(addModelsFromCatalogue),
  create: procedureFor(createProvider),
  update: procedureFor(updateProvider),
  delete: procedureFor(deleteProvider),
  test: procedureFor(testProvider),
  addKey: procedureFor(addProviderKey),
  updateKey: procedureFor(updateProviderKey),
  removeKey: procedureFor(removeProviderKey),
  models: procedureFor(listModels),
  createModel: procedureFor(createModel),
  updateModel: procedureFor(updateModel),
  disableModel: procedureFor(disableModel),
  enableModel: procedureFor(enableModel),
  prices: procedureFor(listModelPrices),
  addPrice: procedureFor(addModelPrice),
});
