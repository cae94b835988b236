import { type Conversation, type Media, THINKING_TOKENS, type Tool, type Turn } from '../../core/conversation.ts';
import { countTokens } from '../../core/tokens.ts';
import { takeDirectives } from '../../faults.ts';
import { parseModel } from '../../models.ts';
import { type AnyTool, type Block, blocksOf, type CountTokensRequest, isCustomTool, type Message } from './request.ts';

/** What media cost: an image of a megapixel (Anthropic docs, Vision), a short document. */
const IMAGE_TOKENS = 1334;
const DOCUMENT_TOKENS = 1500;

const MEDIA: Readonly<Record<string, Media>> = {
  image: { kind: 'image', tokens: IMAGE_TOKENS },
  document: { kind: 'document', tokens: DOCUMENT_TOKENS },
};

const textOf = (blocks: readonly Block[]): string =>
  blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');

const mediaOf = (blocks: readonly Block[]): Media[] => blocks.flatMap((block) => MEDIA[block.type] ?? []);

function resultText(block: Extract<Block, { type: 'tool_result' }>): string {
  return typeof block.content === 'string' ? block.content : textOf((block.content ?? []) as readonly Block[]);
}

/** Tokens of one block by itself; of a whole prompt there are a few more, which frame it. */
export function blockTokens(block: Block): number {
  const media = MEDIA[block.type]?.tokens ?? 0;
  if (block.type === 'text') return countTokens(block.text);
  if (block.type === 'thinking') return countTokens(block.thinking);
  if (block.type === 'redacted_thinking') return countTokens(block.data);
  if (block.type === 'tool_use') return countTokens(`${String(block.name)} ${JSON.stringify(block.input)}`);
  if (block.type !== 'tool_result') return media;
  const parts = typeof block.content === 'string' ? [] : ((block.content ?? []) as readonly Block[]);
  return countTokens(resultText(block)) + mediaOf(parts).reduce((sum, { tokens }) => sum + tokens, 0);
}

/** A user message with tool results becomes one turn for each result; other text of it goes before them. */
function userTurns(blocks: readonly Block[]): Turn[] {
  const results = blocks.filter((block) => block.type === 'tool_result');
  const rest = blocks.filter((block) => block.type !== 'tool_result');
  const said: Turn = { role: 'user', text: takeDirectives(textOf(rest)).text, media: mediaOf(rest) };
  return [
    ...(rest.length > 0 ? [said] : []),
    ...results.map((block) => ({
      role: 'tool' as const,
      text: resultText(block),
      media: typeof block.content === 'string' ? [] : mediaOf((block.content ?? []) as readonly Block[]),
    })),
  ];
}

function assistantTurn(blocks: readonly Block[]): Turn {
  const thought = blocks.map((block) => {
    if (block.type === 'thinking') return countTokens(block.thinking);
    return block.type === 'redacted_thinking' ? countTokens(block.data) : 0;
  });
  return {
    role: 'assistant',
    text: textOf(blocks),
    calls: blocks.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, arguments: JSON.stringify(block.input) }] : [],
    ),
    otherTokens: thought.reduce((sum, tokens) => sum + tokens, 0),
  };
}

function turnsOf(message: Message): Turn[] {
  const blocks = blocksOf(message.content);
  if (message.role === 'user') return userTurns(blocks);
  return [message.role === 'system' ? { role: 'system', text: textOf(blocks) } : assistantTurn(blocks)];
}

export function toolOf(tool: AnyTool): Tool[] {
  if (!isCustomTool(tool)) return [];
  const { name, description, input_schema: parameters } = tool;
  return [{ name, ...(description === undefined ? {} : { description }), parameters }];
}

/** Thinking is billed by effort, within the budget (Anthropic: effort is `high` unless said otherwise). */
function thinkingTokens({ thinking, output_config: config, messages }: CountTokensRequest): number {
  if (!thinking || thinking.type === 'disabled') return 0;
  const afterTools = blocksOf(messages.at(-1)?.content ?? []).some((block) => block.type === 'tool_result');
  if (thinking.type === 'between_tools' && !afterTools) return 0;
  const tokens = THINKING_TOKENS[config?.effort ?? 'high'];
  return thinking.type === 'enabled' ? Math.min(tokens, thinking.budget_tokens) : tokens;
}

const CHOICES = { auto: 'auto', any: 'required', none: 'none' } as const;

/** The text of a final assistant message, which the answer continues; '' when there is none. */
export function prefillOf({ messages }: CountTokensRequest): string {
  const last = messages.at(-1);
  return last?.role === 'assistant' ? textOf(blocksOf(last.content)) : '';
}

type Asked = CountTokensRequest & {
  readonly max_tokens?: number;
  readonly stop_sequences?: readonly string[] | undefined;
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
};

/** The request as the core understands it; a final assistant message is left out (see `prefillOf`). */
export function conversationOf(request: Asked): Conversation {
  const { messages, system, tools, tool_choice: choice, output_config: config } = request;
  const said = messages.at(-1)?.role === 'assistant' ? messages.slice(0, -1) : messages;
  const systemText = system === undefined ? '' : textOf(blocksOf(system));
  const format = config?.format;
  return {
    model: parseModel(request.model).model,
    turns: [...(systemText === '' ? [] : [{ role: 'system' as const, text: systemText }]), ...said.flatMap(turnsOf)],
    tools: (tools ?? []).flatMap(toolOf),
    toolChoice: choice?.type === 'tool' ? { name: choice.name } : CHOICES[choice?.type ?? 'auto'],
    parallel: !(choice && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use),
    output: format ? { type: 'schema', schema: format.schema } : { type: 'text' },
    stop: request.stop_sequences ?? [],
    maxTokens: request.max_tokens,
    thinkingTokens: thinkingTokens(request),
    variation: [null, request.temperature ?? null, request.top_p ?? null],
  };
}
