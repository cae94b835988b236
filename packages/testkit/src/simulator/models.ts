import { ApiError } from './api-error.ts';
import { type ActiveFaults, parseFaults } from './faults.ts';

/** Models the simulator lists; any other name that starts with `sim-` works too. */
export const MODELS = [
  { id: 'sim-small', about: 'short answers, no reasoning' },
  { id: 'sim-large', about: 'the same behaviour under another name, for price lists with two models' },
  { id: 'sim-reasoner', about: 'spends reasoning tokens before it answers (effort medium unless asked otherwise)' },
  { id: 'sim-embedding', about: 'embeddings: texts that share words lie close together' },
] as const;

const CREATED = 1_763_683_200;

export function modelObject(id: string): object {
  return { id, object: 'model', created: CREATED, owned_by: 'parley-simulator' };
}

/** Splits `sim-small+cut:5` into model and faults. Throws ApiError 404 for a name that is not the simulator's. */
export function parseModel(name: string): { model: string; faults: ActiveFaults } {
  const plus = name.indexOf('+');
  const model = plus < 0 ? name : name.slice(0, plus);
  if (!/^sim-[\w.-]{1,100}$/.test(model)) {
    throw new ApiError(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
      code: 'model_not_found',
    });
  }
  return { model, faults: plus < 0 ? new Map() : parseFaults(name.slice(plus + 1), '+') };
}
