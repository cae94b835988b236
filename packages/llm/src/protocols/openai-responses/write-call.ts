import type { ProviderRequest, Target } from '../../codec.ts';
import type { Call, Loss } from '../../neutral/call.ts';
import { loseSettings } from '../../neutral/lose.ts';
import { defined } from '../../object.ts';
import { writeEffort } from '../openai-chat/effort.ts';
import { writeInput } from './write-input.ts';

function writeTools(call: Call, losses: Loss[]): unknown[] | undefined {
  const written: unknown[] = [];
  for (const tool of call.tools) {
    if (tool.kind === 'other') {
      if (tool.protocol === 'openai_responses') written.push(tool.raw);
      else losses.push({ path: tool.path, why: 'the model’s provider has no such tool', essential: true });
      continue;
    }
    const { name, description, parameters } = tool;
    // Without it the provider takes every schema as strict, which many are not.
    const strict = tool.strict ?? false;
    written.push(
      defined({
        type: 'function',
        name,
        description,
        parameters: parameters ?? { type: 'object', properties: {} },
        strict,
      }),
    );
  }
  return written.length === 0 ? undefined : written;
}

function writeToolChoice(choice: Call['toolChoice']): unknown {
  if (choice === undefined) return undefined;
  if (choice === 'any') return 'required';
  return typeof choice === 'string' ? choice : { type: 'function', name: choice.tool };
}

function writeText(call: Call): unknown {
  const { output } = call;
  const verbosity = call.protocol === 'openai_responses' ? call.extra['text.verbosity'] : undefined;
  if (output === undefined) return verbosity === undefined ? undefined : { verbosity };
  if (output.kind === 'json') return defined({ format: { type: 'json_object' }, verbosity });
  const { name, description, schema, strict } = output;
  return defined({ format: defined({ type: 'json_schema', name, description, schema, strict }), verbosity });
}

function writeReasoning({ reasoning }: Call): Readonly<Record<string, unknown>> | undefined {
  if (reasoning === undefined) return undefined;
  const effort = writeEffort(reasoning);
  const summary = reasoning.show && reasoning.mode !== 'off' ? 'auto' : undefined;
  return effort === undefined && summary === undefined ? undefined : defined({ effort, summary });
}

/** Writes a call as a request of the Responses API. Nothing is kept at the provider; thoughts come back encrypted. */
export function writeCall(call: Call, target: Target): ProviderRequest {
  const losses: Loss[] = [];
  const own = call.protocol === 'openai_responses';
  const tools = writeTools(call, losses);
  const input = writeInput(call.turns, losses);
  loseSettings(call, ['topK', 'seed', 'frequencyPenalty', 'presencePenalty', 'choices', 'logprobs'], losses);
  if (call.stop !== undefined && call.stop.length > 0) {
    losses.push({ path: 'stop', why: 'the provider’s protocol has no stop sequences', essential: true });
  }
  if (!own) {
    for (const name of Object.keys(call.extra)) {
      losses.push({ path: name, why: 'the provider’s protocol has no such member', essential: false });
    }
  }
  const { 'text.verbosity': _verbosity, ...extra } = own ? call.extra : {};
  const body = defined({
    ...extra,
    model: target.model,
    input,
    stream: call.stream ? true : undefined,
    store: false,
    include: call.reasoning?.mode === 'off' ? undefined : ['reasoning.encrypted_content'],
    tools,
    tool_choice: tools === undefined ? undefined : writeToolChoice(call.toolChoice),
    parallel_tool_calls: tools === undefined ? undefined : call.parallelToolCalls,
    max_output_tokens: call.maxOutputTokens,
    temperature: call.temperature,
    top_p: call.topP,
    text: writeText(call),
    reasoning: writeReasoning(call),
    safety_identifier: call.user,
    service_tier: own ? call.serviceTier : undefined,
    metadata: own ? call.metadata : undefined,
  });
  return { body: JSON.stringify(body), headers: [], losses };
}
