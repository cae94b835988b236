import type { ActiveFaults } from '../../faults.ts';
import type { Chunk, CompletionBody } from '../openai/chat-completion.ts';
import { AzureError } from './azure-error.ts';

/** What Azure OpenAI's content filter says about prompts and answers (Azure OpenAI, content filtering). */
const SAFE = { filtered: false, severity: 'safe' } as const;

function verdicts(filtered: boolean): object {
  return {
    hate: SAFE,
    self_harm: SAFE,
    sexual: SAFE,
    violence: filtered ? { filtered: true, severity: 'medium' } : SAFE,
  };
}

const promptResults = (): object[] => [
  { prompt_index: 0, content_filter_results: { ...verdicts(false), jailbreak: { filtered: false, detected: false } } },
];

/** The body of a completion with the filter's verdicts. */
export function filteredBody(body: CompletionBody, faults: ActiveFaults): object {
  return {
    ...body,
    choices: body.choices.map((choice) => ({
      ...choice,
      content_filter_results: choice.message.tool_calls ? {} : verdicts(faults.has('content-filter')),
    })),
    prompt_filter_results: promptResults(),
  };
}

/** The chunks of a stream: first one with the verdict on the prompt and no choices, then verdicts beside the text. */
export function filteredChunks(chunks: readonly Chunk[], faults: ActiveFaults): object[] {
  const first = { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: promptResults() };
  const judged = chunks.map((chunk) => ({
    ...chunk,
    choices: chunk.choices.map((choice) => {
      const stopped = choice.finish_reason === 'content_filter';
      const said = Boolean(choice.delta.content) || stopped;
      return { ...choice, content_filter_results: said ? verdicts(stopped && faults.has('content-filter')) : {} };
    }),
  }));
  return [first, ...judged];
}

/** What is answered when the prompt itself is filtered. */
export function blockedPrompt(): AzureError {
  return new AzureError(400, {
    message:
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
    type: null,
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: verdicts(true) },
  });
}
