import { preparing } from '../../explain/notes.ts';
import { refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { challenges } from './challenge.ts';
import { methodsOf } from './methods.ts';
import { noteKey } from './note-key.ts';

/**
 * `/v1` knows callers by API key before it knows which API their model belongs to: refuses where that API takes other
 * credentials only. `null` where it takes keys.
 */
export function openToKeys(source: EndpointSource): Stage | null {
  const policy = source.policies.callers;
  if (!policy) return null;
  const takesKeys = policy.methods?.some(({ kind }) => kind === 'apiKey') ?? true;
  if (takesKeys) return noteKey;
  const refused = refusal('credentials_refused', { authenticate: challenges(methodsOf(source) ?? [], null) });
  return preparing('callers', () => refused);
}
