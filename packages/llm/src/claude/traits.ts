import type { Target } from '../codec.ts';

/** In what Claude models differ from each other (Anthropic's documentation of models, thinking and structured outputs). */
export interface Traits {
  /** `budget`: told how many tokens to think; `adaptive`: told how hard to try. */
  readonly thinking: 'none' | 'budget' | 'adaptive';
  /** Refuses to be told not to think. */
  readonly alwaysThinks: boolean;
  /** Takes `temperature`, `top_p` and `top_k`. */
  readonly sampling: boolean;
  /** Can be held to a schema with `output_config.format`, and tools with `strict`. */
  readonly jsonSchema: boolean;
  /** Goes on with an answer that is put into its mouth; later ones refuse a conversation that ends with their own turn. */
  readonly prefill: boolean;
}

/** Other makers' models behind this protocol: what they have in common. */
const UNKNOWN: Traits = { thinking: 'budget', alwaysThinks: false, sampling: true, jsonSchema: false, prefill: false };

const FAMILY_FIRST = /claude-([a-z]+)-(\d{1,2})(?:[-.](\d{1,2})(?!\d))?/;
const VERSION_FIRST = /claude-(\d)(?:[-.](\d))?-(?:opus|sonnet|haiku)/;

function versionOf(model: string): { readonly family: string; readonly version: number } | null {
  const old = VERSION_FIRST.exec(model);
  if (old) return { family: '', version: Number(old[1]) * 100 + Number(old[2] ?? 0) };
  const found = FAMILY_FIRST.exec(model);
  if (!found) return null;
  return { family: found[1] as string, version: Number(found[2]) * 100 + Number(found[3] ?? 0) };
}

function byName(model: string): Traits {
  if (model.includes('claude-mythos-preview')) {
    return { thinking: 'adaptive', alwaysThinks: true, sampling: false, jsonSchema: true, prefill: false };
  }
  const known = versionOf(model);
  if (known === null) return UNKNOWN;
  const { family, version } = known;
  return {
    thinking: version < 307 ? 'none' : version < 406 ? 'budget' : 'adaptive',
    alwaysThinks: family === 'fable' || family === 'mythos',
    sampling: version < 407,
    prefill: version < 406,
    jsonSchema: version >= 405 || (family === 'opus' && version === 401),
  };
}

/** What a model takes, by its name at the provider and by what is known of the provider. */
export function traitsOf(target: Target): Traits {
  const traits = byName(target.model);
  const { quirks } = target;
  return {
    ...traits,
    thinking: quirks.reasoningEffort === false ? 'none' : traits.thinking,
    jsonSchema: traits.jsonSchema && quirks.jsonSchema !== false,
  };
}
