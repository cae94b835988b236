import { createHash } from 'node:crypto';
import { plainName } from '../../neutral/tool-names.ts';

/** Whose model it is, as far as requests differ by it. */
export type Family = 'claude' | 'nova' | 'mistral' | 'openai' | 'other';

/** By the id of a model or an inference profile; profiles of one's own do not tell. */
export function familyOf(model: string): Family {
  if (model.includes('anthropic.') || model.includes('claude')) return 'claude';
  if (model.includes('amazon.nova')) return 'nova';
  if (model.includes('mistral.')) return 'mistral';
  return model.includes('openai.') ? 'openai' : 'other';
}

/** An id of a tool call: at most 64 letters, digits, `_` and `-`; Mistral's are nine letters or digits. */
export function idWriter(family: Family): (id: string) => string {
  if (family !== 'mistral') return (id) => plainName(id === '' ? 'call' : id, 64);
  return (id) => (/^[a-zA-Z0-9]{9}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 9));
}

/** Whether a model can be made to call a tool. */
export function takesForcedTool(family: Family): boolean {
  return family === 'claude' || family === 'nova' || family === 'mistral';
}
