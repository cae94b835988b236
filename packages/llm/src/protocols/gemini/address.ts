/** What an address of Gemini's API asks for. */
export type GeminiAction =
  | 'generateContent'
  | 'streamGenerateContent'
  | 'countTokens'
  | 'embedContent'
  | 'batchEmbedContents';

const ACTIONS: ReadonlySet<string> = new Set<GeminiAction>([
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'embedContent',
  'batchEmbedContents',
]);

export interface GeminiAddress {
  readonly action: GeminiAction;
  /** The client's name for the model. */
  readonly model: string;
  readonly stream: boolean;
}

/** AI Studio's paths and Vertex's, with any version: `/v1beta/models/m:action`, `/v1/projects/p/…/models/m:action`. */
const PATH =
  /^\/v1[a-z0-9]*\/(?:(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/[^/]+\/)?(?:models|tunedModels)\/([^/:]+):([A-Za-z]+)$/;
/** A model's name, once decoded. Slashes are refused: the name becomes part of the provider's address. */
const MODEL = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,199}$/;

/**
 * Reads a client's address. `path` as sent, without query. `null` for what is none of
 * this API, or whose model is no plain name (dots that climb, encoded slashes).
 */
export function parseGeminiAddress(path: string): GeminiAddress | null {
  const found = PATH.exec(path);
  if (!found) return null;
  const [, encoded = '', action = ''] = found;
  if (!ACTIONS.has(action)) return null;
  let model: string;
  try {
    model = decodeURIComponent(encoded);
  } catch {
    return null;
  }
  if (!MODEL.test(model) || model.includes('..')) return null;
  return {
    action: action as GeminiAction,
    model,
    stream: action === 'streamGenerateContent',
  };
}
