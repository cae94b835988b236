import type { Life, Segment } from '../../core/breakpoint-cache.ts';
import { type Conversation, type Media, THINKING_TOKENS, type Tool, type Turn } from '../../core/conversation.ts';
import { countTokens } from '../../core/tokens.ts';
import { takeDirectives } from '../../faults.ts';
import type { Block, ConverseRequest, Message, ModelFields } from './request.ts';

const IMAGE: Media = { kind: 'image', tokens: 1334 };
const DOCUMENT: Media = { kind: 'document', tokens: 1500 };
const VIDEO: Media = { kind: 'video', tokens: 3000 };

type Part = Pick<Block, 'text' | 'image' | 'document' | 'video'>;

const textOf = (parts: readonly Part[]): string =>
  parts.flatMap(({ text }) => (text === undefined ? [] : [text])).join('\n');

const mediaOf = (parts: readonly Part[]): Media[] =>
  parts.flatMap(({ image, document, video }) => [
    ...(image ? [IMAGE] : []),
    ...(document ? [DOCUMENT] : []),
    ...(video ? [VIDEO] : []),
  ]);

type Result = NonNullable<Block['toolResult']>;

const resultText = ({ content }: Result): string =>
  content.flatMap((part) => (part.json === undefined ? (part.text ?? []) : [JSON.stringify(part.json)])).join('\n');

/** A user message with tool results becomes one turn for each result; other text of it goes before them. */
function userTurns(blocks: readonly Block[]): Turn[] {
  const results = blocks.flatMap(({ toolResult }) => toolResult ?? []);
  const rest = blocks.filter((block) => !block.toolResult && !block.cachePoint);
  const said: Turn = { role: 'user', text: takeDirectives(textOf(rest)).text, media: mediaOf(rest) };
  const told = results.map(
    (result): Turn => ({ role: 'tool', text: resultText(result), media: mediaOf(result.content) }),
  );
  return rest.length > 0 ? [said, ...told] : told;
}

function reasoningTokens({ reasoningContent }: Block): number {
  return countTokens(reasoningContent?.reasoningText?.text ?? reasoningContent?.redactedContent ?? '');
}

function turnsOf({ role, content }: Message): Turn[] {
  if (role === 'user') return userTurns(content);
  const calls = content.flatMap(({ toolUse }) =>
    toolUse ? [{ name: toolUse.name, arguments: JSON.stringify(toolUse.input ?? {}) }] : [],
  );
  const otherTokens = content.reduce((sum, block) => sum + reasoningTokens(block), 0);
  return [{ role: 'assistant', text: textOf(content), calls, otherTokens }];
}

export type Prompt = Pick<ConverseRequest, 'messages' | 'system' | 'toolConfig'>;

function toolsOf({ toolConfig }: Prompt): Tool[] {
  return (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => {
    if (!toolSpec) return [];
    const { name, description, inputSchema } = toolSpec;
    return [{ name, ...(description === undefined ? {} : { description }), parameters: inputSchema.json }];
  });
}

function choiceOf({ toolConfig }: Prompt): Conversation['toolChoice'] {
  const choice = toolConfig?.toolChoice;
  if (choice?.tool) return { name: choice.tool.name };
  return choice?.any ? 'required' : 'auto';
}

function thinkingTokens({ thinking, output_config: config }: ModelFields): number {
  if (!thinking || thinking.type === 'disabled') return 0;
  const tokens = THINKING_TOKENS[config?.effort ?? 'high'];
  return thinking.type === 'enabled' ? Math.min(tokens, thinking.budget_tokens) : tokens;
}

/** The request as the core understands it. */
export function conversationOf(
  model: string,
  request: Prompt & Pick<ConverseRequest, 'inferenceConfig'>,
  fields: ModelFields,
  schema: Readonly<Record<string, unknown>> | null,
): Conversation {
  const { messages = [], system = [], inferenceConfig = {} } = request;
  const systemText = textOf(system);
  return {
    model,
    turns: [
      ...(systemText === '' ? [] : [{ role: 'system' as const, text: systemText }]),
      ...messages.flatMap(turnsOf),
    ],
    tools: toolsOf(request),
    toolChoice: choiceOf(request),
    parallel: true,
    output: schema ? { type: 'schema', schema } : { type: 'text' },
    stop: inferenceConfig.stopSequences ?? [],
    maxTokens: inferenceConfig.maxTokens,
    thinkingTokens: thinkingTokens(fields),
    variation: [null, inferenceConfig.temperature ?? null, inferenceConfig.topP ?? null],
  };
}

function blockTokens(block: Block): number {
  const { toolUse, toolResult } = block;
  const media = mediaOf(toolResult?.content ?? [block]).reduce((sum, { tokens }) => sum + tokens, 0);
  if (toolUse) return countTokens(`${toolUse.name} ${JSON.stringify(toolUse.input ?? {})}`);
  return media + reasoningTokens(block) + countTokens(toolResult ? resultText(toolResult) : (block.text ?? ''));
}

/** The prompt in pieces: a cache point marks the piece before it. */
export function segmentsOf({ toolConfig, system = [], messages = [] }: Prompt): Segment[] {
  const pieces: { cachePoint?: { ttl?: Life | undefined } | undefined; content: unknown; tokens: number }[] = [
    ...(toolConfig?.tools ?? []).map((tool) => ({
      ...tool,
      content: tool,
      tokens: tool.toolSpec ? countTokens(JSON.stringify(tool.toolSpec)) : 0,
    })),
    ...system.map((block) => ({ ...block, content: block, tokens: countTokens(block.text ?? '') })),
    ...messages.flatMap(({ role, content }) =>
      content.map((block) => ({ ...block, content: { role, block }, tokens: blockTokens(block) })),
    ),
  ];
  const segments: Segment[] = [];
  for (const [at, { cachePoint, content, tokens }] of pieces.entries()) {
    const last = segments.at(-1);
    if (!cachePoint) segments.push({ place: String(at), content, tokens, life: null });
    else if (last) segments[segments.length - 1] = { ...last, life: cachePoint.ttl ?? '5m' };
  }
  return segments;
}
