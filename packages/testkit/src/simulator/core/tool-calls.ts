import { type CalledTool, type Conversation, lastUserText, type Tool } from './conversation.ts';
import { keywords, properNames, writer } from './prose.ts';
import { schemaInstance } from './schema-instance.ts';
import { fingerprint, seededDice } from './seeded.ts';

export interface ToolCall extends CalledTool {
  /** 24 letters and digits; each format puts its own prefix before it. */
  readonly id: string;
}

/** Words of a tool's name, and of its description when the name alone says too little. */
function toolWords(tool: Tool): string[] {
  const name = tool.name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_-]/g, ' ');
  return [...keywords(name), ...keywords(tool.description ?? '')].filter((word) => word !== 'get');
}

function fits(tool: Tool, text: string): boolean {
  const asked = new Set(keywords(text).map((word) => word.replace(/s$/, '')));
  return toolWords(tool).some((word) => asked.has(word.replace(/s$/, '')));
}

/** Required text parameters without enum: the places where a proper name of the message goes. */
function namePlaces(tool: Tool): number {
  const parameters = tool.parameters ?? {};
  const properties = (parameters.properties ?? {}) as Record<string, { type?: unknown; enum?: unknown }>;
  const required = Array.isArray(parameters.required) ? (parameters.required as string[]) : [];
  return required.filter((name) => properties[name]?.type === 'string' && !properties[name]?.enum).length;
}

function call(tool: Tool, names: readonly string[], text: string, seed: string): ToolCall {
  const dice = seededDice(seed);
  const made = schemaInstance(tool.parameters ?? { type: 'object' }, {
    text,
    names,
    sentence: writer(text, dice).sentence,
    dice,
  });
  return {
    id: fingerprint(seed).slice(0, 24),
    name: tool.name,
    arguments: JSON.stringify(made),
  };
}

/**
 * The tool calls an answer begins with; none when the turn is text.
 * `auto`: every tool whose name or description shares a word with the last user message, after a user turn only.
 * `required`: the same, else the first tool. A named tool: that one. A tool with one required text parameter is called
 * once for each proper name in the message (“weather in Paris and Tokyo” → two calls), unless `parallel` is false:
 * then the first call alone.
 */
export function toolCalls(conversation: Conversation, seed: string): ToolCall[] {
  const { tools, toolChoice: choice, turns } = conversation;
  if (tools.length === 0 || choice === 'none') return [];
  const text = lastUserText(turns);
  const named = typeof choice === 'object' ? choice.name : undefined;
  const answered = turns.at(-1)?.role !== 'user';
  if (answered && named === undefined && choice !== 'required') return [];

  const fitting = tools.filter((tool) => (named === undefined ? fits(tool, text) : tool.name === named));
  const chosen = fitting.length === 0 && choice === 'required' ? tools.slice(0, 1) : fitting;
  const names = properNames(text);
  const calls = chosen.flatMap((tool, at) => {
    const each = namePlaces(tool) === 1 && names.length > 1 && named === undefined;
    const rounds = each ? names.map((name) => [name]) : [names];
    return rounds.map((given, round) => call(tool, given, text, `${seed}:tool:${at}:${round}`));
  });
  return conversation.parallel ? calls : calls.slice(0, 1);
}
