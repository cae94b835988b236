import {
  type Conversation,
  type Media,
  type Output,
  THINKING_TOKENS,
  type Turn,
  usualEffort,
} from '../../core/conversation.ts';
import { countTokens } from '../../core/tokens.ts';
import { takeDirectives } from '../../faults.ts';
import { parseModel } from '../../models.ts';
import type { ChatMessage, ChatRequest } from './chat-request.ts';

const IMAGE: Media = { kind: 'image', tokens: 1334 };
const DOCUMENT: Media = { kind: 'document', tokens: 0 };

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly document?: { readonly data: unknown };
}

const partsOf = (content: ChatMessage['content']): readonly Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);

const dataText = (data: unknown): string => (typeof data === 'string' ? data : JSON.stringify(data));

const textOf = (parts: readonly Part[]): string =>
  parts.flatMap(({ text, document }) => (document ? [dataText(document.data)] : (text ?? []))).join('\n');

function turnOf(message: ChatMessage): Turn {
  const parts = partsOf(message.content);
  const text = textOf(parts);
  if (message.role === 'user') {
    const media = parts.flatMap(({ type }) => (type === 'image_url' ? [IMAGE] : []));
    return { role: 'user', text: takeDirectives(text).text, media };
  }
  if (message.role !== 'assistant') return { role: message.role, text };
  const thought = parts.map(({ thinking }) => thinking ?? '').join('');
  return {
    role: 'assistant',
    text,
    calls: (message.tool_calls ?? []).map((call) => call.function),
    otherTokens: countTokens(thought) + countTokens(message.tool_plan ?? ''),
  };
}

function outputOf(format: ChatRequest['response_format']): Output {
  if (format?.type !== 'json_object') return { type: 'text' };
  return format.json_schema ? { type: 'schema', schema: format.json_schema } : { type: 'json' };
}

function thinkingTokens({ thinking, model }: ChatRequest): number {
  if (thinking?.type === 'disabled') return 0;
  const usual = THINKING_TOKENS[thinking ? 'medium' : usualEffort(model)];
  return Math.min(usual, thinking?.token_budget ?? usual);
}

/** Documents count as input and are shown with the last user turn. */
function withDocuments(turns: readonly Turn[], documents: ChatRequest['documents']): Turn[] {
  const last = turns.findLastIndex(({ role }) => role === 'user');
  if (!documents?.length || last < 0) return [...turns];
  const media = documents.map((document) => ({ ...DOCUMENT, tokens: countTokens(dataText(document)) }));
  return turns.map((turn, at) => (at === last ? { ...turn, media: [...(turn.media ?? []), ...media] } : turn));
}

const CHOICES = { REQUIRED: 'required', NONE: 'none' } as const;

/** The request as the core understands it. */
export function conversationOf(request: ChatRequest): Conversation {
  const { model } = parseModel(request.model);
  return {
    model,
    turns: withDocuments(request.messages.map(turnOf), request.documents),
    tools: (request.tools ?? []).map(({ function: { name, description, parameters } }) => ({
      name,
      ...(description == null ? {} : { description }),
      parameters,
    })),
    toolChoice: request.tool_choice ? CHOICES[request.tool_choice] : 'auto',
    parallel: true,
    output: outputOf(request.response_format),
    stop: request.stop_sequences ?? [],
    maxTokens: request.max_tokens ?? undefined,
    thinkingTokens: thinkingTokens({ ...request, model }),
    // What Cohere calls its plan stands before the calls.
    textBeforeTools: true,
    variation: [request.seed ?? null, request.temperature ?? null, request.p ?? null],
  };
}
