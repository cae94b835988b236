import type { Answer } from '../../core/answer.ts';
import type { ChosenLogprob } from '../openai/logprobs.ts';
import type { ResponseRequest } from './request.ts';

/** The wire shape of a response (OpenAI API reference, “The response object”). */
export interface OutputText {
  type: 'output_text';
  text: string;
  annotations: [];
  logprobs: ChosenLogprob[];
}
export interface OutputRefusal {
  type: 'refusal';
  refusal: string;
}
type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

export type OutputItem =
  | {
      type: 'reasoning';
      id: string;
      summary: { type: 'summary_text'; text: string }[];
      encrypted_content?: string;
    }
  | { type: 'message'; id: string; status: ItemStatus; role: 'assistant'; content: (OutputText | OutputRefusal)[] }
  | { type: 'custom_tool_call'; id: string; call_id: string; name: string; input: string; status: ItemStatus }
  | { type: 'function_call'; id: string; call_id: string; name: string; arguments: string; status: ItemStatus };

export interface ResponseUsage {
  input_tokens: number;
  input_tokens_details: { cached_tokens: number; cache_write_tokens: number };
  output_tokens: number;
  output_tokens_details: { reasoning_tokens: number };
  total_tokens: number;
}

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

export interface ResponseBody {
  id: string;
  object: 'response';
  /** Unix seconds. */
  created_at: number;
  status: ResponseStatus;
  completed_at: number | null;
  error: { code: string; message: string } | null;
  incomplete_details: { reason: 'max_output_tokens' | 'content_filter' } | null;
  output: OutputItem[];
  usage?: ResponseUsage | null;
  [setting: string]: unknown;
}

/** Everything of the response but how it ended: the settings of the request, with OpenAI's defaults, echoed. */
export function echoedSettings(request: ResponseRequest, model: string): object {
  const format = request.text?.format ?? { type: 'text' };
  return {
    background: request.background ?? false,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    model,
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    safety_identifier: request.safety_identifier ?? null,
    service_tier: 'default',
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: {
      format: format.type === 'json_schema' ? { description: null, strict: false, ...format } : format,
      verbosity: request.text?.verbosity ?? 'medium',
    },
    tool_choice: request.tool_choice ?? 'auto',
    tools: (request.tools ?? []).map((tool) =>
      tool.type === 'function' ? { description: null, parameters: null, ...tool, strict: tool.strict ?? true } : tool,
    ),
    top_logprobs: request.top_logprobs ?? 0,
    top_p: request.top_p ?? 1,
    truncation: request.truncation ?? 'disabled',
    user: request.user ?? null,
    metadata: request.metadata ?? {},
  };
}

export interface Reasoned {
  /** Text of the summary, null when none was asked for. */
  readonly summary: string | null;
  /** Present when the request includes `reasoning.encrypted_content`. */
  readonly encrypted?: string | undefined;
}

/** The free text of a custom tool's call; of arguments that were cut, what there is of them. */
function inputOf(argumentsText: string): string {
  try {
    return (JSON.parse(argumentsText) as { input: string }).input;
  } catch {
    return argumentsText;
  }
}

/** The items of an answer: reasoning when there was any, the message, the calls. `custom` are names of custom tools. */
export function outputItems(
  key: string,
  answer: Answer,
  reasoned: Reasoned | null,
  custom: ReadonlySet<string>,
  logprobs: ChosenLogprob[],
): OutputItem[] {
  const items: OutputItem[] = [];
  const cut = answer.finishReason === 'length' || answer.finishReason === 'content_filter';
  if (reasoned) {
    items.push({
      type: 'reasoning',
      id: `rs_sim${key}`,
      summary: reasoned.summary === null ? [] : [{ type: 'summary_text', text: reasoned.summary }],
      ...(reasoned.encrypted === undefined ? {} : { encrypted_content: reasoned.encrypted }),
    });
  }
  if (answer.pieces.length > 0) {
    items.push({
      type: 'message',
      id: `msg_sim${key}`,
      status: cut && answer.toolCalls.length === 0 ? 'incomplete' : 'completed',
      role: 'assistant',
      content: [
        answer.finishReason === 'refusal'
          ? { type: 'refusal', refusal: answer.pieces.join('') }
          : { type: 'output_text', text: answer.pieces.join(''), annotations: [], logprobs },
      ],
    });
  }
  for (const [at, call] of answer.toolCalls.entries()) {
    const status = cut && at === answer.toolCalls.length - 1 ? 'incomplete' : 'completed';
    const named = { call_id: `call_${call.id}`, name: call.name };
    if (custom.has(call.name)) {
      items.push({
        type: 'custom_tool_call',
        id: `ctc_sim${key}${at}`,
        ...named,
        input: inputOf(call.arguments),
        status,
      });
    } else {
      items.push({ type: 'function_call', id: `fc_sim${key}${at}`, ...named, arguments: call.arguments, status });
    }
  }
  return items;
}
