import {
  type CalledTool,
  type Conversation,
  type Media,
  THINKING_TOKENS,
  type Turn,
  usualEffort,
} from '../../core/conversation.ts';
import { takeDirectives } from '../../faults.ts';
import type { InputItem } from './input-items.ts';
import type { FunctionTool, ResponseRequest } from './request.ts';

type Content =
  Exclude<InputItem, { type: 'item_reference' }> extends infer Item
    ? Item extends { content: infer Parts }
      ? Exclude<Parts, null | undefined>
      : never
    : never;

/** Tokens of an image by detail (OpenAI, images and vision, 512-pixel tiles), and of a file that is not read. */
const IMAGE_LOW = 85;
const IMAGE_HIGH = 765;
const FILE = 1000;

function textOf(content: Content): string {
  if (typeof content === 'string') return content;
  return content.map((part) => ('text' in part ? part.text : 'refusal' in part ? part.refusal : '')).join(' ');
}

function mediaOf(content: Content): Media[] {
  if (typeof content === 'string') return [];
  return content.flatMap((part): Media[] => {
    if (part.type === 'input_image') {
      return [{ kind: 'image', tokens: part.detail === 'low' ? IMAGE_LOW : IMAGE_HIGH }];
    }
    return part.type === 'input_file' ? [{ kind: 'document', tokens: FILE }] : [];
  });
}

/** Calls that follow each other, or a text, are one turn. */
function withCall(turns: Turn[], call: CalledTool): Turn[] {
  const last = turns.at(-1);
  if (last?.role === 'assistant') return [...turns.slice(0, -1), { ...last, calls: [...(last.calls ?? []), call] }];
  return [...turns, { role: 'assistant', text: '', calls: [call] }];
}

/** One item as a turn; reasoning becomes part of the turn it led to, calls that follow each other are one turn. */
function addItem(turns: Turn[], item: InputItem): Turn[] {
  switch (item.type) {
    case 'message': {
      const role = item.role === 'developer' ? 'system' : item.role;
      const said = textOf(item.content);
      const text = role === 'user' ? takeDirectives(said).text : said;
      return [...turns, { role, text, media: mediaOf(item.content) }];
    }
    case 'function_call': {
      return withCall(turns, { name: item.name, arguments: item.arguments });
    }
    case 'custom_tool_call': {
      const call = { name: item.name, arguments: JSON.stringify({ input: item.input }) };
      return withCall(turns, call);
    }
    case 'custom_tool_call_output':
    case 'function_call_output':
      return [...turns, { role: 'tool', text: textOf(item.output), media: mediaOf(item.output) }];
    default:
      return turns;
  }
}

/** What a custom tool takes, as the core knows it: one free text. */
const CUSTOM_INPUT = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };

function offeredTools(request: ResponseRequest): Conversation['tools'] {
  const functions = (request.tools ?? []).flatMap((tool): FunctionTool[] => {
    if (tool.type === 'custom') return [{ ...tool, type: 'function', parameters: CUSTOM_INPUT }];
    return tool.type === 'function' ? [tool] : [];
  });
  const choice = request.tool_choice;
  const allowed =
    typeof choice === 'object' && choice?.type === 'allowed_tools' ? choice.tools.map(({ name }) => name) : null;
  return functions
    .filter(({ name }) => allowed === null || allowed.includes(name))
    .map(({ name, description, parameters }) => ({
      name,
      ...(description ? { description } : {}),
      ...(parameters ? { parameters } : {}),
    }));
}

function chosen(choice: ResponseRequest['tool_choice']): Conversation['toolChoice'] {
  if (typeof choice === 'string') return choice;
  if (!choice) return 'auto';
  return choice.type === 'allowed_tools' ? choice.mode : { name: choice.name };
}

function wanted(request: ResponseRequest): Conversation['output'] {
  const format = request.text?.format;
  if (format?.type === 'json_schema') return { type: 'schema', schema: format.schema };
  return { type: format?.type === 'json_object' ? 'json' : 'text' };
}

/** The request as the core understands it. `history` is everything said, from `wholeHistory`. */
export function conversationOf(request: ResponseRequest, model: string, history: readonly InputItem[]): Conversation {
  const instructions: Turn[] = request.instructions ? [{ role: 'system', text: request.instructions }] : [];
  return {
    model,
    turns: history.reduce(addItem, instructions),
    tools: offeredTools(request),
    toolChoice: chosen(request.tool_choice),
    parallel: request.parallel_tool_calls !== false,
    output: wanted(request),
    stop: [],
    maxTokens: request.max_output_tokens ?? undefined,
    thinkingTokens: THINKING_TOKENS[request.reasoning?.effort ?? usualEffort(model)],
    variation: [null, request.temperature ?? null, request.top_p ?? null],
  };
}
