import type { Exchange } from '../../neutral/arrange.ts';
import type { Call, Loss, Tool } from '../../neutral/call.ts';
import { OUTPUT_TOOL } from '../../neutral/output-tool.ts';
import type { ToolNames } from '../../neutral/tool-names.ts';
import { defined } from '../../object.ts';
import { cachePoint } from './write-messages.ts';

function toolSpec(
  name: string,
  description: string | undefined,
  schema: unknown,
  strict: boolean | undefined,
): unknown {
  return { toolSpec: defined({ name, description: description || undefined, inputSchema: { json: schema }, strict }) };
}

function writeTools(tools: readonly Tool[], strict: boolean, names: ToolNames, losses: Loss[]): unknown[] {
  const written: unknown[] = [];
  for (const tool of tools) {
    if (tool.kind === 'other') {
      if (tool.protocol === 'bedrock') written.push(tool.raw);
      else losses.push({ path: tool.path, why: 'the model’s provider has no such tool', essential: true });
      continue;
    }
    const schema = { type: 'object', ...(tool.parameters ?? { properties: {} }) };
    written.push(toolSpec(names.write(tool.name), tool.description, schema, strict && tool.strict ? true : undefined));
    if (tool.cache) written.push(cachePoint(tool.cache));
  }
  return written;
}

/** Names of the tools that were called before, each once. */
function calledBefore(exchanges: readonly Exchange[]): string[] {
  const names = new Set<string>();
  for (const { parts } of exchanges) for (const { part } of parts) if (part.kind === 'tool_call') names.add(part.name);
  return [...names];
}

function writeChoice(call: Call, names: ToolNames): unknown {
  const { toolChoice } = call;
  if (toolChoice === 'any') return { any: {} };
  if (typeof toolChoice === 'object') return { tool: { name: names.write(toolChoice.tool) } };
  return toolChoice === 'auto' ? { auto: {} } : undefined;
}

/**
 * `toolConfig`: also where tools are only in what was said before, as Bedrock insists on it. `asTool`: the schema of the answer
 * where a tool stands for it. `undefined` without any tools.
 */
export function writeToolConfig(
  call: Call,
  context: {
    readonly tools: readonly Tool[];
    readonly exchanges: readonly Exchange[];
    readonly strict: boolean;
    readonly asTool: boolean;
    readonly names: ToolNames;
  },
  losses: Loss[],
): unknown {
  const { names } = context;
  const before = calledBefore(context.exchanges);
  const off = call.toolChoice === 'none';
  const tools = off && before.length === 0 ? [] : writeTools(context.tools, context.strict, names, losses);
  if (off && tools.length > 0) {
    losses.push({ path: 'tool_choice', why: 'the provider cannot be told to call no tool', essential: false });
  }
  if (tools.length === 0) {
    const schema = { type: 'object', properties: {} };
    for (const name of before)
      tools.push(toolSpec(names.write(name), 'Used earlier; do not call it.', schema, undefined));
  }
  if (context.asTool && call.output?.kind === 'json_schema') {
    const forced = tools.length === 0 ? { tool: { name: OUTPUT_TOOL } } : { any: {} };
    const words = `Give the final answer by calling this. ${call.output.description ?? ''}`.trim();
    tools.push(toolSpec(OUTPUT_TOOL, words, call.output.schema, undefined));
    return { tools, toolChoice: forced };
  }
  if (tools.length === 0) return undefined;
  return defined({ tools, toolChoice: writeChoice(call, names) });
}
