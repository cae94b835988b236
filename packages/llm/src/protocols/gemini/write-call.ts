import type { ProviderRequest, Target } from '../../codec.ts';
import type { Call, Loss, Tool } from '../../neutral/call.ts';
import { defined, isObject } from '../../object.ts';
import { stringifyDeep } from '../../parse-exact.ts';
import { generationOf } from './model-name.ts';
import { placed, writeConfig, writeSchema } from './write-config.ts';
import { writeContents } from './write-contents.ts';

type Json = Readonly<Record<string, unknown>>;
type FunctionTool = Extract<Tool, { kind: 'function' }>;

/** Models from here on can be held to the schemas of functions without being made to call one. */
const VALIDATED_SINCE = 2.5;

function writeFunction(tool: FunctionTool, target: Target, losses: Loss[]): Json {
  const { name, description, parameters } = tool;
  // A function without arguments is declared without a schema: an object without properties is refused.
  const takes = isObject(parameters?.properties)
    ? Object.keys(parameters.properties).length > 0
    : parameters?.$ref !== undefined;
  const path = `tools.${name}.parameters`;
  const schema =
    parameters !== undefined && takes
      ? writeSchema(parameters, ['parameters', 'parametersJsonSchema', path], target, losses)
      : {};
  return defined({ name, description: description ?? '', ...schema });
}

function writeTools(call: Call, target: Target, losses: Loss[]): Json[] | undefined {
  const tools: Json[] = [];
  const functions: Json[] = [];
  for (const tool of call.tools) {
    if (tool.kind === 'function') functions.push(writeFunction(tool, target, losses));
    else if (tool.protocol === 'gemini' && isObject(tool.raw)) tools.push(tool.raw);
    else losses.push({ path: tool.path, why: 'the model’s provider has no such tool', essential: true });
  }
  if (functions.length > 0) tools.unshift({ functionDeclarations: functions });
  return tools.length === 0 ? undefined : tools;
}

const MODES = { auto: 'AUTO', none: 'NONE', any: 'ANY' } as const;

function writeToolConfig(call: Call, target: Target): Json | undefined {
  const { toolChoice } = call;
  const functions = call.tools.filter((tool): tool is FunctionTool => tool.kind === 'function');
  const strict = functions.length > 0 && functions.every((tool) => tool.strict === true);
  const names = call.extra['toolConfig.functionCallingConfig.allowedFunctionNames'];
  const own = call.protocol === 'gemini' ? placed(call.extra, 'toolConfig.') : {};
  const { ['functionCallingConfig.allowedFunctionNames']: _names, ...rest } = own;
  let calling: Json | undefined;
  if (typeof toolChoice === 'object') calling = { mode: 'ANY', allowedFunctionNames: [toolChoice.tool] };
  else if (
    (toolChoice === undefined || toolChoice === 'auto') &&
    strict &&
    generationOf(target.model) >= VALIDATED_SINCE
  ) {
    calling = { mode: 'VALIDATED' };
  } else if (toolChoice !== undefined && functions.length > 0) {
    calling = defined({ mode: MODES[toolChoice], allowedFunctionNames: toolChoice === 'any' ? names : undefined });
  }
  const config = defined({ ...rest, functionCallingConfig: calling });
  return Object.keys(config).length === 0 ? undefined : config;
}

/** Members the other side has no word for. */
function unheard(call: Call, losses: Loss[]): void {
  const dropped: (readonly [string, unknown])[] = [
    ['parallel_tool_calls', call.parallelToolCalls === false && call.tools.length > 0 ? false : undefined],
    ['user', call.user],
  ];
  if (call.protocol !== 'gemini') {
    dropped.push(
      ['metadata', call.metadata],
      ['service_tier', call.serviceTier === 'auto' ? undefined : call.serviceTier],
    );
    for (const [name, value] of Object.entries(call.extra)) dropped.push([name, value]);
  }
  for (const [path, value] of dropped) {
    if (value !== undefined) losses.push({ path, why: 'the provider’s protocol has no such member', essential: false });
  }
}

/** Members of a request of this protocol that had no place in the neutral call, but for those inside another one. */
function ownMembers(call: Call): Json {
  if (call.protocol !== 'gemini') return {};
  return Object.fromEntries(Object.entries(call.extra).filter(([path]) => !path.includes('.')));
}

/** Writes a call as a request of `generateContent`; the address (`geminiPath`) holds the model and whether it streams. */
export function writeCall(call: Call, target: Target): ProviderRequest {
  const losses: Loss[] = [];
  const own = call.protocol === 'gemini';
  const request = defined({
    ...ownMembers(call),
    ...writeContents(call, target, losses),
    tools: writeTools(call, target, losses),
    toolConfig: writeToolConfig(call, target),
    generationConfig: writeConfig(call, target, losses),
    labels: own ? call.metadata : undefined,
    serviceTier: own ? call.serviceTier : undefined,
  });
  unheard(call, losses);
  const body = stringifyDeep(request);
  if (body === null) losses.push({ path: 'messages', why: 'the call nests too deeply', essential: true });
  return { body: body ?? '{"contents":[]}', headers: [], losses };
}
