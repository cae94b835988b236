import type { ApiVersionSnapshot } from '@parley/contracts/snapshot';
import { compileOutput, type OutputReader } from '@parley/llm/prompt/output';
import { compilePrompt } from '@parley/llm/prompt/render';
import type { Logger } from '@parley/telemetry/logger';
import type { CompiledModel, PromptOffer } from './compiled.ts';

type PromptTarget = Extract<ApiVersionSnapshot['target'], { kind: 'prompt' }>;
type Version = Pick<PromptTarget, 'promptVersionId' | 'definition'>;

interface Parts {
  readonly models: ReadonlyMap<string, CompiledModel>;
  readonly tenantId: string;
  readonly log: Logger;
}

function outputReader({ promptVersionId, definition }: Version, { tenantId, log }: Parts): OutputReader | null {
  try {
    return compileOutput(definition.output);
  } catch (error) {
    log.error('an output schema cannot be compiled', { tenantId, promptVersionId, error });
    return null;
  }
}

/** Prepares a version of a prompt, so that a call only fills in values. */
export function compileOffer(version: Version, parts: Parts): PromptOffer {
  return {
    promptVersionId: version.promptVersionId,
    prompt: compilePrompt(version.definition),
    output: outputReader(version, parts),
    model: parts.models.get(version.definition.model) ?? null,
  };
}

/** The other versions that may be chosen: by each label that leads there, and by `#` and number. */
export function compileOthers({ others = [] }: PromptTarget, parts: Parts): Map<string, PromptOffer> {
  const found = new Map<string, PromptOffer>();
  for (const one of others) {
    const offer = compileOffer(one, parts);
    found.set(`#${one.number}`, offer);
    for (const label of one.labels) found.set(label, offer);
  }
  return found;
}
