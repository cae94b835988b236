import { setDefinition } from '@parley/services/api-versions/set-definition';
import { listModels } from '@parley/services/models/list';
import { createPrompt } from '@parley/services/prompts/create';
import { diffPrompt } from '@parley/services/prompts/diff';
import { getPrompt } from '@parley/services/prompts/get';
import { listPrompts } from '@parley/services/prompts/list';
import { publishPrompt } from '@parley/services/prompts/publish';
import { savePromptVersion } from '@parley/services/prompts/save-version';
import { updatePrompt } from '@parley/services/prompts/update';
import { promptVersions } from '@parley/services/prompts/versions';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const promptsRouter = t.router({
  list: procedureFor(listPrompts),
  get: procedureFor(getPrompt),
  create: procedureFor(createPrompt),
  update: procedureFor(updatePrompt),
  saveVersion: procedureFor(savePromptVersion),
  versions: procedureFor(promptVersions),
  diff: procedureFor(diffPrompt),
  publish: procedureFor(publishPrompt),
  /** Points a published API at another version of its prompt. */
  serve: procedureFor(setDefinition),
  models: procedureFor(listModels),
});
