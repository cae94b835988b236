import { isRedactedThinking, isSignedThinking } from '../../core/signature.ts';
import { type AnthropicError } from '../anthropic/anthropic-error.ts';
import { checkOutputSchema } from '../anthropic/schema-rules.ts';
import { invalidBody } from '../anthropic/wording.ts';
import { invalid, refusedByModel } from './aws-error.ts';
import { type Block, type ConverseRequest, type Message, type ModelFields, modelFieldsSchema } from './request.ts';

const MOST_CACHE_POINTS = 4;
const DOCUMENT_NAME = /^[a-zA-Z0-9\s\-()[\]]+$/;
const KEYS = 'text, image, toolUse, toolResult, document, video, cachePoint, reasoningContent';

const keysOf = (block: Block): string[] =>
  Object.entries(block).flatMap(([key, value]) => (value === undefined ? [] : [key]));

function checkBlock(block: Block, where: string): void {
  if (keysOf(block).length !== 1) {
    throw invalid(`The ContentBlock object at ${where} must set one of the following keys: ${KEYS}.`);
  }
  if (block.text !== undefined && block.text.trim() === '') {
    throw invalid(
      `The text field in the ContentBlock object at ${where} is blank. Add text to the text field, and try again.`,
    );
  }
  if (block.document && (!DOCUMENT_NAME.test(block.document.name) || /\s{2}/.test(block.document.name))) {
    throw invalid(
      'The provided document name is invalid. Document names can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name cannot contain more than one consecutive whitespace character.',
    );
  }
  if (block.toolResult?.status === 'error' && block.toolResult.content.length === 0) {
    throw invalid(`The content field at ${where}.toolResult cannot be empty when status value is error.`);
  }
  const { reasoningText, redactedContent } = block.reasoningContent ?? {};
  if (reasoningText && !isSignedThinking(reasoningText.text, reasoningText.signature ?? '')) {
    throw refusedByModel(
      reasoningText.signature === undefined
        ? `${where}.thinking.signature: Field required`
        : `${where}: Invalid \`signature\` in \`thinking\` block`,
    );
  }
  if (redactedContent !== undefined && !isRedactedThinking(Buffer.from(redactedContent, 'base64').toString())) {
    throw refusedByModel(`${where}: Invalid \`data\` in \`redacted_thinking\` block`);
  }
}

function checkTurns(messages: readonly Message[]): void {
  for (const [at, { role, content }] of messages.entries()) {
    if (content.length === 0) {
      throw invalid(
        `The content field in the Message object at messages.${at} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    }
    if (at === 0 && role !== 'user') {
      throw invalid(
        'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
      );
    }
    if (at > 0 && role === messages[at - 1]?.role) {
      throw invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
    for (const [place, block] of content.entries()) checkBlock(block, `messages.${at}.content.${place}`);
  }
}

const used = (message: Message | undefined): string[] =>
  (message?.content ?? []).flatMap((block) => (block.toolUse ? [block.toolUse.toolUseId] : []));
const answered = (message: Message | undefined): string[] =>
  (message?.content ?? []).flatMap((block) => (block.toolResult ? [block.toolResult.toolUseId] : []));

/** Every toolUse is answered in the next message, all of a turn together, and nothing else is answered. */
function checkToolPairs(messages: readonly Message[]): void {
  for (const [at, message] of messages.entries()) {
    const ids = used(message);
    if (new Set(ids).size < ids.length) {
      throw invalid(`The toolUse blocks at messages.${at}.content contain duplicate Ids: ${ids.join(', ')}`);
    }
    const results = answered(messages[at + 1]);
    const open = ids.filter((id) => !results.includes(id));
    if (open.length > 0) {
      throw invalid(
        `Expected toolResult blocks at messages.${at + 1}.content for the following Ids: ${open.join(', ')}`,
      );
    }
    const given = answered(message);
    if (new Set(given).size < given.length) {
      throw invalid(`The toolResult blocks at messages.${at}.content contain duplicate Ids: ${given.join(', ')}`);
    }
    if (given.length > used(messages[at - 1]).length) {
      throw invalid(
        `The number of toolResult blocks at messages.${at}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
  }
}

function checkTools({ toolConfig, messages = [] }: Pick<ConverseRequest, 'toolConfig' | 'messages'>): void {
  if (!toolConfig) {
    if (messages.some((message) => used(message).length + answered(message).length > 0)) {
      throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
    }
    return;
  }
  const names = toolConfig.tools.flatMap(({ toolSpec }) => (toolSpec ? [toolSpec.name] : []));
  if (new Set(names).size < names.length) throw invalid('The tool names in toolConfig.tools must be unique.');
  const { toolChoice } = toolConfig;
  if (toolChoice && Object.values(toolChoice).filter((value) => value !== undefined).length !== 1) {
    throw invalid(
      'The ToolChoice object at toolConfig.toolChoice must set one of the following keys: auto, any, tool.',
    );
  }
  if (toolChoice?.tool && !names.includes(toolChoice.tool.name)) {
    throw refusedByModel(`tool_choice: Tool '${toolChoice.tool.name}' not found in provided tools`);
  }
}

type Prompt = Pick<ConverseRequest, 'messages' | 'system' | 'toolConfig' | 'additionalModelRequestFields'>;

function checkCachePoints({ messages = [], system = [], toolConfig }: Prompt): void {
  const all = [...(toolConfig?.tools ?? []), ...system, ...messages.flatMap(({ content }) => content)];
  const found = all.filter(({ cachePoint }) => cachePoint).length;
  if (found > MOST_CACHE_POINTS) {
    throw refusedByModel(`A maximum of 4 blocks with cache_control may be provided. Found ${found}.`);
  }
}

/** What the model takes beside Converse's fields. Throws AwsError when it would refuse them. */
export function modelFields({ additionalModelRequestFields: fields = {} }: Prompt): ModelFields {
  const parsed = modelFieldsSchema.safeParse(fields);
  if (!parsed.success) throw refusedByModel(invalidBody(parsed.error, fields).message);
  return parsed.data;
}

/** With thinking on, the assistant message of an open round of tool use must begin with its thinking. */
function checkThinking(request: ConverseRequest, fields: ModelFields, strict: boolean): void {
  const { thinking } = fields;
  const { inferenceConfig = {}, toolConfig, messages = [] } = request;
  if (strict && thinking?.type === 'enabled') {
    throw refusedByModel(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    );
  }
  if (strict && (inferenceConfig.temperature ?? 1) !== 1) {
    throw refusedByModel('`temperature` is deprecated for this model.');
  }
  if (strict && (inferenceConfig.topP ?? 1) !== 1) throw refusedByModel('`top_p` is deprecated for this model.');
  if (!thinking || thinking.type === 'disabled') return;
  if (
    thinking.type === 'enabled' &&
    thinking.budget_tokens >= (inferenceConfig.maxTokens ?? Number.POSITIVE_INFINITY)
  ) {
    throw refusedByModel('`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
  if ((inferenceConfig.temperature ?? 1) !== 1) {
    throw refusedByModel('`temperature` may only be set to 1 when thinking is enabled.');
  }
  if (toolConfig?.toolChoice?.any || toolConfig?.toolChoice?.tool) {
    throw refusedByModel('Thinking may not be enabled when tool_choice forces tool use.');
  }
  const at = messages.length - 2;
  if (answered(messages.at(-1)).length > 0 && messages[at]?.content[0]?.reasoningContent === undefined) {
    throw refusedByModel(
      `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found another block. When ` +
        '`thinking` is enabled, a final `assistant` message must start with a thinking block.',
    );
  }
}

/** What Converse and CountTokens both refuse. */
export function checkPrompt(prompt: Prompt): void {
  const { messages = [] } = prompt;
  if (messages.length === 0) {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  checkTurns(messages);
  checkTools(prompt);
  checkToolPairs(messages);
  checkCachePoints(prompt);
}

/** The schema the answer is held to, or null. Throws AwsError for one that the model would refuse. */
export function answerSchema({ outputConfig }: ConverseRequest): Record<string, unknown> | null {
  const text = outputConfig?.textFormat?.structure.jsonSchema.schema;
  if (text === undefined) return null;
  try {
    const schema = JSON.parse(text) as Record<string, unknown>;
    checkOutputSchema(schema, 'output_config.format.schema');
    return schema;
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'the schema is not JSON' : (error as AnthropicError).message;
    throw refusedByModel(reason);
  }
}

/** Rules over several fields, in the words of Bedrock and of the model behind it. Throws AwsError 400. */
export function checkRules(request: ConverseRequest, fields: ModelFields, strict: boolean): void {
  checkPrompt(request);
  checkThinking(request, fields, strict);
}
