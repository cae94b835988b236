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
  const takes = (wanted: 'apiKey' | 'partyToken'): boolean =>
    policy.methods?.some(({ kind }) => kind === wanted) ?? true;
  if (takes('apiKey')) return noteKey;
  const refused = refusal('credentials_refused', { authenticate: challenges(methodsOf(source) ?? [], null) });
  const takesTokens = takes('partyToken');
  return preparing('callers', ({ party }) => (takesTokens && party !== null ? null : refused));
}
