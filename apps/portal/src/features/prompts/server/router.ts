import { setDefinition } from '@parley/services/api-versions/set-definition';
import { listModels } from '@parley/services/models/list';
import { getPromptDataset } from '@parley/services/prompt-datasets/get';
import { listPromptDatasets } from '@parley/services/prompt-datasets/list';
import { savePromptDataset } from '@parley/services/prompt-datasets/save';
import { listPromptLabels } from '@parley/services/prompt-labels/list';
import { moveBackPromptLabel } from '@parley/services/prompt-labels/move-back';
import { removePromptLabel } from '@parley/services/prompt-labels/remove';
import { setPromptLabel } from '@parley/services/prompt-labels/set';
import { listPromptPartials } from '@parley/services/prompt-partials/list';
import { savePromptPartial } from '@parley/services/prompt-partials/save';
import { promptPartialUsers } from '@parley/services/prompt-partials/users';
import { promptPartialVersions } from '@parley/services/prompt-partials/versions';
import { getPromptRun } from '@parley/services/prompt-runs/get';
import { listPromptRuns } from '@parley/services/prompt-runs/list';
import { resumePromptRun } from '@parley/services/prompt-runs/resume';
import { startPromptRun } from '@parley/services/prompt-runs/start';
import { stopPromptRun } from '@parley/services/prompt-runs/stop';
import { createPrompt } from '@parley/services/prompts/create';
import { diffPrompt } from '@parley/services/prompts/diff';
import { getPrompt } from '@parley/services/prompts/get';
import { listPrompts } from '@parley/services/prompts/list';
import { previewPrompt } from '@parley/services/prompts/preview';
import { publishPrompt } from '@parley/services/prompts/publish';
import { rollbackPrompt } from '@parley/services/prompts/rollback';
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
  preview: procedureFor(previewPrompt),
  /** Points a published API at another version of its prompt. */
  serve: procedureFor(setDefinition),
  rollback: procedureFor(rollbackPrompt),
  labels: procedureFor(listPromptLabels),
  setLabel: procedureFor(setPromptLabel),
  moveLabelBack: procedureFor(moveBackPromptLabel),
  removeLabel: procedureFor(removePromptLabel),
  datasets: procedureFor(listPromptDatasets),
  dataset: procedureFor(getPromptDataset),
  saveDataset: procedureFor(savePromptDataset),
  runs: procedureFor(listPromptRuns),
  run: procedureFor(getPromptRun),
  startRun: procedureFor(startPromptRun),
  stopRun: procedureFor(stopPromptRun),
  resumeRun: procedureFor(resumePromptRun),
  partials: procedureFor(listPromptPartials),
  savePartial: procedureFor(savePromptPartial),
  partialUsers: procedureFor(promptPartialUsers),
  partialVersions: procedureFor(promptPartialVersions),
  models: procedureFor(listModels),
});
