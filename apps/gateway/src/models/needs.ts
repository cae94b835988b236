import type { Capability } from '@parley/contracts/capabilities';
import type { ClientCall } from '@parley/llm/codec';
import type { CompiledModel } from '../snapshot/compiled.ts';

/** What in a request's text says that a capability is asked for, in any client protocol. */
const SIGNS: readonly (readonly [Capability, RegExp])[] = [
  ['vision', /"image_url"|"input_image"|"type"\s*:\s*"image"|"mimeType"\s*:\s*"image\//],
  ['audio_input', /"input_audio"|"mimeType"\s*:\s*"audio\//],
  ['json_schema', /"json_schema"|"responseSchema"|"responseJsonSchema"/],
];

/** What a model must be able to do for a call, as far as its text tells without being read whole. */
export function neededBy(call: ClientCall): Capability[] {
  const { tools } = call.body;
  const needs: Capability[] = Array.isArray(tools) && tools.length > 0 ? ['tools'] : [];
  for (const [capability, sign] of SIGNS) if (sign.test(call.text)) needs.push(capability);
  return needs;
}

/** Whether a model is known to lack one of these. One whose capabilities nobody told may have them all. */
export function lacks({ capabilities }: CompiledModel, needs: readonly Capability[]): boolean {
  return capabilities.length > 0 && needs.some((need) => !capabilities.includes(need));
}
