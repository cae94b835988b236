import { type Answer, answers, type FinishReason, seedOf, thinkingPieces } from '../../core/answer.ts';
import type { Conversation } from '../../core/conversation.ts';
import { promptTokens } from '../../core/prompt.ts';
import { asAllowed } from '../../endings.ts';
import type { Exchange } from '../../exchange.ts';
import type { Settings } from '../../format.ts';
import { bearerKey } from '../../key.ts';
import { sealed } from '../../sealed.ts';
import { logprobsOf } from '../openai/logprobs.ts';
import type { ResponseRequest } from './request.ts';
import {
  echoedSettings,
  type OutputItem,
  outputItems,
  type Reasoned,
  type ResponseBody,
  type ResponseUsage,
} from './response-body.ts';

/** Tokens of a summary of reasoning; the reasoning itself is never shown. */
const SUMMARY_TOKENS = 48;

const INCOMPLETE: Partial<Record<FinishReason, 'max_output_tokens' | 'content_filter'>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

function reasonedOf(request: ResponseRequest, conversation: Conversation, answer: Answer, account: string) {
  const thoughts = thinkingPieces(conversation, answer);
  if (thoughts.length === 0) return null;
  const asked = request.reasoning?.summary ?? request.reasoning?.generate_summary;
  const encrypt = request.include?.includes('reasoning.encrypted_content') ?? false;
  const reasoned: Reasoned = {
    summary: asked ? thoughts.slice(0, SUMMARY_TOKENS).join('') : null,
    encrypted: encrypt ? sealed(seedOf(conversation), account) : undefined,
  };
  return reasoned;
}

function usageOf(conversation: Conversation, answer: Answer, cached: number): ResponseUsage {
  const input = promptTokens(conversation);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: Math.min(cached, input), cache_write_tokens: 0 },
    output_tokens: answer.completionTokens,
    output_tokens_details: { reasoning_tokens: answer.thinkingTokens },
    total_tokens: input + answer.completionTokens,
  };
}

/** The account a call is made for: what it was given is only good there. */
export function accountOf(exchange: Exchange): string {
  const given = exchange.request.headers['api-key'];
  return bearerKey(exchange) ?? (typeof given === 'string' ? given : '');
}

export interface MadeResponse {
  readonly final: ResponseBody;
  readonly answer: Answer;
  /** How the texts of an item are cut into deltas. */
  pieces(item: OutputItem): readonly string[];
}

/** The whole answer to a request; a function of the request, but for `created_at` and the number in its ids. */
export function makeResponse(
  exchange: Exchange,
  request: ResponseRequest,
  conversation: Conversation,
  settings: Settings,
  number: number,
): MadeResponse {
  const { faults } = exchange;
  const answer = asAllowed(answers(conversation)[0] as Answer, faults);
  const key = `${seedOf(conversation).slice(0, 24)}${number.toString(16).padStart(4, '0')}`;
  const cached = faults.get('cached-tokens')?.value ?? settings.promptCache?.cachedTokens(conversation) ?? 0;
  const custom = new Set((request.tools ?? []).flatMap((tool) => (tool.type === 'custom' ? [tool.name] : [])));
  const reasoned = reasonedOf(request, conversation, answer, accountOf(exchange));
  const told = request.include?.includes('message.output_text.logprobs') ?? false;
  const logprobs = told ? logprobsOf(answer.pieces, request.top_logprobs ?? 0, key, 0) : [];
  const output = outputItems(key, answer, reasoned, custom, logprobs);
  const why = INCOMPLETE[answer.finishReason];
  const now = Math.floor(Date.now() / 1000);
  const final: ResponseBody = {
    id: `resp_sim${key}`,
    object: 'response',
    created_at: now,
    ...echoedSettings(request, conversation.model),
    status: why ? 'incomplete' : 'completed',
    completed_at: why ? null : now,
    error: null,
    incomplete_details: why ? { reason: why } : null,
    output,
    usage: usageOf(conversation, answer, cached),
  };
  return { final, answer, pieces: () => answer.pieces };
}
