import { Failure } from './failure.ts';
import { type ActiveFaults, parseFaults } from './faults.ts';

/** Models the simulator lists; any other name that starts with `sim-` works too. */
export const MODELS = [
  { id: 'sim-small', about: 'short answers, no reasoning' },
  { id: 'sim-large', about: 'the same behaviour under another name, for price lists with two models' },
  { id: 'sim-reasoner', about: 'spends reasoning tokens before it answers (effort medium unless asked otherwise)' },
  {
    id: 'sim-adaptive',
    about: 'as strict as the newest Anthropic models: no sampling parameters, adaptive thinking only, no prefill',
  },
  { id: 'sim-realtime', about: 'sessions over WebSockets; like every other name, but listed' },
  { id: 'sim-embedding', about: 'embeddings: texts that share words lie close together' },
] as const;

/** Splits `sim-small+cut:5` into model and faults. Throws Failure for a name that is not the simulator's. */
export function parseModel(name: string): { model: string; faults: ActiveFaults } {
  const plus = name.indexOf('+');
  const model = plus < 0 ? name : name.slice(0, plus);
  if (!/^sim-[\w.-]{1,100}$/.test(model)) {
    throw new Failure('unknown_model', `The model \`${model}\` does not exist or you do not have access to it.`, {
      subject: model,
    });
  }
  return { model, faults: plus < 0 ? new Map() : parseFaults(name.slice(plus + 1), '+') };
}
