import { isRedactedThinking, isSignedThinking } from '../../core/signature.ts';
import { invalid } from './anthropic-error.ts';
import {
  type Block,
  blocksOf,
  type CountTokensRequest,
  isCustomTool,
  type Message,
  type MessagesRequest,
} from './request.ts';
import { checkOutputSchema } from './schema-rules.ts';

const THINKING_DOCS =
  'Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking';

/** True for models that follow the newest rules. */
export const isStrictModel = (model: string): boolean => model.startsWith('sim-adaptive');

const isThinking = (block: Block): boolean => block.type === 'thinking' || block.type === 'redacted_thinking';

function checkTurns({ messages, model }: CountTokensRequest): void {
  if (messages.length === 0) throw invalid('messages: at least one message is required');
  if (messages[0]?.role === 'assistant') throw invalid('messages: first message must use the "user" role');
  for (const [at, { role, content }] of messages.entries()) {
    if (role === 'system' && !isStrictModel(model)) {
      throw invalid(
        'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
      );
    }
    const last = at === messages.length - 1;
    if (content.length === 0 && !(last && role === 'assistant')) {
      throw invalid(
        `messages.${at}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    for (const block of blocksOf(content)) {
      if (block.type !== 'text' || typeof block.text !== 'string') continue;
      if (block.text === '') throw invalid('messages: text content blocks must be non-empty');
      if (last && role === 'assistant' && /\s$/.test(block.text)) {
        throw invalid('messages: final assistant content cannot end with trailing whitespace');
      }
    }
  }
  if (messages.at(-1)?.role === 'assistant' && isStrictModel(model)) {
    throw invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
}

function toolIds(message: Message | undefined, type: 'tool_use' | 'tool_result'): string[] {
  return blocksOf(message?.content ?? []).flatMap((block) => {
    if (block.type === 'tool_use') return type === 'tool_use' ? [block.id] : [];
    return block.type === 'tool_result' && type === 'tool_result' ? [block.tool_use_id] : [];
  });
}

/** Every tool_use is answered in the next message, its results first; every tool_result answers the message before. */
function checkToolPairs(messages: readonly Message[]): void {
  const seen = new Set<string>();
  for (const [at, message] of messages.entries()) {
    const used = toolIds(message, 'tool_use');
    for (const id of used) {
      if (seen.has(id)) throw invalid(`messages.${at}: \`tool_use\` ids must be unique`);
      seen.add(id);
    }
    const results = toolIds(messages[at + 1], 'tool_result');
    const open = used.filter((id) => !results.includes(id));
    if (open.length > 0) {
      throw invalid(
        `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. ` +
          'Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
      );
    }
    const known = toolIds(messages[at - 1], 'tool_use');
    const answered = new Set<string>();
    for (const [place, block] of blocksOf(message.content).entries()) {
      if (block.type !== 'tool_result') continue;
      const id = block.tool_use_id;
      if (message.role !== 'user')
        throw invalid(`messages.${at}: \`tool_result\` blocks can only be in \`user\` messages`);
      if (!known.includes(id)) {
        throw invalid(
          `messages.${at}.content.${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. ` +
            'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
        );
      }
      if (answered.has(id)) {
        throw invalid(
          `messages.${at}.content.${place}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
        );
      }
      answered.add(id);
    }
    if (message.role !== 'assistant' && used.length > 0) {
      throw invalid(`messages.${at}: \`tool_use\` blocks can only be in \`assistant\` messages`);
    }
  }
}

/** Thinking that comes back must be as it was sent, and first in its message. */
function checkThinkingBlocks(messages: readonly Message[]): void {
  for (const [at, { role, content }] of messages.entries()) {
    const blocks = blocksOf(content);
    for (const [place, block] of blocks.entries()) {
      const where = `messages.${at}.content.${place}`;
      if (isThinking(block) && role !== 'assistant') {
        throw invalid(`${where}: \`${block.type}\` blocks can only be in \`assistant\` messages`);
      }
      if (block.type === 'thinking' && !isSignedThinking(block.thinking, block.signature)) {
        throw invalid(`${where}: Invalid \`signature\` in \`thinking\` block`);
      }
      if (block.type === 'redacted_thinking' && !isRedactedThinking(block.data)) {
        throw invalid(`${where}: Invalid \`data\` in \`redacted_thinking\` block`);
      }
    }
    if (blocks.some(isThinking) && blocks[0] && !isThinking(blocks[0])) {
      throw invalid(
        `messages.${at}.content.0: If an assistant message contains any thinking blocks, the first block must be ` +
          `\`thinking\` or \`redacted_thinking\`. Found \`${blocks[0].type}\`.`,
      );
    }
  }
}

/** With thinking on, the assistant message of an open round of tool use must begin with its thinking. */
function checkOpenRound(messages: readonly Message[]): void {
  if (toolIds(messages.at(-1), 'tool_result').length === 0) return;
  const at = messages.length - 2;
  const first = blocksOf(messages[at]?.content ?? [])[0];
  if (!first || isThinking(first)) return;
  throw invalid(
    `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.type}\`. When ` +
      '`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of ' +
      `\`tool_use\` and \`tool_result\` blocks). To avoid this requirement, disable \`thinking\`. ${THINKING_DOCS}`,
  );
}

function checkThinking(request: MessagesRequest): void {
  const { thinking, model, temperature, top_p: topP, top_k: topK, tool_choice: choice } = request;
  if (isStrictModel(model)) {
    if (thinking?.type === 'enabled') {
      throw invalid(
        '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
      );
    }
    for (const [name, value] of Object.entries({ temperature, top_p: topP, top_k: topK })) {
      if (value !== undefined && value !== 1) throw invalid(`\`${name}\` is deprecated for this model.`);
    }
  }
  if (!thinking || thinking.type === 'disabled') return;
  if (thinking.type === 'enabled' && thinking.budget_tokens >= request.max_tokens) {
    throw invalid(`\`max_tokens\` must be greater than \`thinking.budget_tokens\`. ${THINKING_DOCS}`);
  }
  if (temperature !== undefined && temperature !== 1) {
    throw invalid(`\`temperature\` may only be set to 1 when thinking is enabled. ${THINKING_DOCS}`);
  }
  if (topP !== undefined && topP < 0.95) {
    throw invalid('`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.');
  }
  if (topK !== undefined) throw invalid('`top_k` must be unset when thinking is enabled.');
  if (choice?.type === 'any' || choice?.type === 'tool') {
    throw invalid('Thinking may not be enabled when tool_choice forces tool use.');
  }
  if (thinking.type === 'enabled') checkOpenRound(request.messages);
}

function checkTools({ tools, tool_choice: choice }: CountTokensRequest): void {
  const names = (tools ?? []).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  if (new Set(names).size < names.length) throw invalid('tools: Tool names must be unique.');
  for (const [at, tool] of (tools ?? []).entries()) {
    if (isCustomTool(tool) && tool.strict) checkOutputSchema(tool.input_schema, `tools.${at}.custom.input_schema`);
  }
  if (!choice || choice.type === 'none') return;
  if (names.length === 0) throw invalid('tool_choice: tool_choice may only be specified while providing tools.');
  if (choice.type === 'tool' && !names.includes(choice.name)) {
    throw invalid(`tool_choice: Tool '${choice.name}' not found in provided tools`);
  }
}

/** What `POST /v1/messages/count_tokens` and `POST /v1/messages` both refuse. */
export function checkPrompt(request: CountTokensRequest): void {
  checkTurns(request);
  checkToolPairs(request.messages);
  checkThinkingBlocks(request.messages);
  checkTools(request);
  const format = request.output_config?.format;
  if (format) checkOutputSchema(format.schema, 'output_config.format.schema');
}

/** Rules over several fields, in the words of the Anthropic API. Throws AnthropicError 400. */
export function checkRules(request: MessagesRequest): void {
  checkPrompt(request);
  checkThinking(request);
  for (const sequence of request.stop_sequences ?? []) {
    if (sequence.trim() === '') throw invalid('stop_sequences: each stop sequence must contain non-whitespace');
  }
}
