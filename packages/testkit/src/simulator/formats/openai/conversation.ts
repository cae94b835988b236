import {
  type Conversation,
  type Media,
  type Output,
  THINKING_TOKENS,
  type Turn,
  usualEffort,
} from '../../core/conversation.ts';
import { takeDirectives } from '../../faults.ts';
import { parseModel } from '../../models.ts';
import type { ChatMessage, ChatRequest } from './chat-request.ts';
import { messageText } from './chat-request.ts';

/** Tokens of an image (OpenAI cookbook, 512-pixel tiles). */
const IMAGE_LOW = 85;
const IMAGE_HIGH = 765;
/** Bytes of base64 for a token of sound: about 32 tokens a second of 16 kHz. */
const AUDIO_BYTES = 1300;
/** Tokens of a file, which is not read. */
const FILE = 1000;

function mediaOf(message: ChatMessage): Media[] {
  if (message.role !== 'user' || typeof message.content === 'string') return [];
  return message.content.flatMap((part): Media[] => {
    switch (part.type) {
      case 'image_url':
        return [{ kind: 'image', tokens: part.image_url.detail === 'low' ? IMAGE_LOW : IMAGE_HIGH }];
      case 'input_audio':
        return [{ kind: 'audio', tokens: Math.ceil(part.input_audio.data.length / AUDIO_BYTES) }];
      case 'file':
        return [{ kind: 'document', tokens: FILE }];
      default:
        return [];
    }
  });
}

function turnOf(message: ChatMessage): Turn {
  const text = messageText(message);
  if (message.role === 'tool') return { role: 'tool', text };
  const name = message.name === undefined ? {} : { name: message.name };
  if (message.role === 'user') {
    return { role: 'user', text: takeDirectives(text).text, media: mediaOf(message), ...name };
  }
  if (message.role !== 'assistant') return { role: 'system', text, ...name };
  return { role: 'assistant', text, calls: (message.tool_calls ?? []).map((call) => call.function), ...name };
}

function outputOf(format: ChatRequest['response_format']): Output {
  if (!format || format.type === 'text') return { type: 'text' };
  if (format.type === 'json_object') return { type: 'json' };
  return { type: 'schema', schema: format.json_schema.schema ?? { type: 'object' } };
}

type Choice = NonNullable<ChatRequest['tool_choice']>;

function offered(choice: Choice): (tool: { function: { name: string } }) => boolean {
  if (typeof choice === 'string' || choice.type === 'function') return () => true;
  const names = choice.allowed_tools.tools.map((tool) => tool.function.name);
  return (tool) => names.includes(tool.function.name);
}

function chosen(choice: Choice): Conversation['toolChoice'] {
  if (typeof choice === 'string') return choice;
  return choice.type === 'function' ? { name: choice.function.name } : choice.allowed_tools.mode;
}

/** The request as the core understands it, without its instructions to the simulator. */
export function conversationOf(request: ChatRequest): Conversation {
  const { model } = parseModel(request.model);
  const choice = request.tool_choice ?? 'auto';
  return {
    model,
    turns: request.messages.map(turnOf),
    tools: (request.tools ?? []).filter(offered(choice)).map(({ function: { name, description, parameters } }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
    })),
    toolChoice: chosen(choice),
    parallel: request.parallel_tool_calls !== false,
    output: outputOf(request.response_format),
    stop: typeof request.stop === 'string' ? [request.stop] : (request.stop ?? []),
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    thinkingTokens: THINKING_TOKENS[request.reasoning_effort ?? usualEffort(model)],
    variation: [request.seed ?? null, request.temperature ?? null, request.top_p ?? null],
  };
}
