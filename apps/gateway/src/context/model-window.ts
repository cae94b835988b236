import type { CompiledModel } from '../snapshot/compiled.ts';

/** What a model can take in. */
export interface ModelWindow {
  /** Tokens. */
  readonly window: number;
  readonly maxOutputTokens: number | null;
  /** Tokens are counted with its own tokenizer (CP-6.3). */
  readonly exact: boolean;
}

const UNKNOWN_TOKENS = 32_768;
const MOST_KNOWN = 10_000;
/** By the provider's name for the model. */
const known = new Map<string, Pick<ModelWindow, 'window' | 'exact'>>();

async function lookUp(name: string): Promise<Pick<ModelWindow, 'window' | 'exact'>> {
  const held = known.get(name);
  if (held !== undefined) return held;
  // Read when the first call with a context comes: most gateways never need it.
  const { modelByName } = await import('@parley/llm/catalogue/look-up');
  const model = modelByName(name)?.model ?? null;
  const found = { window: model?.contextTokens ?? UNKNOWN_TOKENS, exact: model?.maker === 'openai' };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, found);
  return found;
}

/** The window of a model; of a name for several, the smallest. */
export async function windowOf(model: CompiledModel): Promise<ModelWindow> {
  const models = model.alias === null ? [model] : model.alias.targets.map((target) => target.model);
  const windows = await Promise.all(
    models.map(async ({ providerModel, contextTokens }) => {
      const { window, exact } = await lookUp(providerModel);
      return { window: contextTokens ?? window, exact };
    }),
  );
  return {
    window: Math.min(...windows.map(({ window }) => window)),
    maxOutputTokens: model.target.maxOutputTokens,
    exact: windows.every(({ exact }) => exact),
  };
}
