import { ForbiddenAddressError } from '../outbound/send.ts';
import { NoAccessTokenError } from './access-token.ts';
import { listProviderModels, listsModels, type OpenProvider, tryChat } from './call-provider.ts';

export interface TestOutcome {
  readonly ok: boolean;
  /** HTTP status of the provider's answer; `null` when there was none. */
  readonly status: number | null;
  readonly latencyMs: number;
  /** What happened and what to do, in one or two sentences. */
  readonly sentence: string;
  /** Models the provider lists, at most 200. */
  readonly models: string[];
}

const TIME_LIMIT_MS = 8000;

/** What each refused status most likely means, for the person who set the provider up. */
const MEANING: Readonly<Record<number, string>> = {
  400: 'It did not accept the request. Check that it speaks the format it was added with.',
  401: 'It refused the key. Check that the key is complete and still valid.',
  402: 'It asks for payment. Check the account’s balance at the provider.',
  403: 'It knows the key but does not let it do this. Check the key’s rights at the provider.',
  404: 'It has nothing at this address. Check the base URL: is its end missing, or too long?',
  429: 'It is limiting this key right now, or its quota is used up. The address and key are fine.',
};

/**
 * Calls a provider for real: its list of models, and, where it has none or that says too little and a model is known, a chat
 * of one token.
 * Never rejects: whatever happens is an outcome with a sentence. The provider's own error text is not passed on, as it
 * may quote the key.
 */
export async function testOutcome(provider: OpenProvider, knownModel: string | null): Promise<TestOutcome> {
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  const started = performance.now();
  const outcome = (ok: boolean, status: number | null, sentence: string, models: string[] = []): TestOutcome => ({
    ok,
    status,
    latencyMs: Math.round(performance.now() - started),
    sentence,
    models: models.slice(0, 200),
  });
  const talk = async (model: string, before: string, models: string[] = []): Promise<TestOutcome> => {
    const status = await tryChat(provider, model, signal);
    const ok = status >= 200 && status < 300;
    return outcome(ok, status, ok ? `${before} answered a short chat with ${model}.` : explain(status), models);
  };
  try {
    if (!listsModels(provider.format)) {
      if (knownModel !== null) return await talk(knownModel, 'It');
      return outcome(false, null, 'It is added. It keeps no list of models to try: add a model, then test it again.');
    }
    const { status, models } = await listProviderModels(provider, signal);
    if (status >= 200 && status < 300) {
      if (models === null)
        return outcome(
          false,
          status,
          'It answered, but not with a list of models. Check the base URL: is its end missing, or too long?',
        );
      // Its list is the same for every project and region: only a chat shows whether those are right.
      if (provider.format === 'vertex' && knownModel !== null) {
        return await talk(knownModel, `It lists ${models.length} models, and`, models);
      }
      return outcome(
        true,
        status,
        `It answered and lists ${models.length} ${models.length === 1 ? 'model' : 'models'}.`,
        models,
      );
    }
    if ((status === 404 || status === 405) && knownModel !== null && provider.format === 'openai_chat') {
      return await talk(knownModel, 'It keeps no list of models, and');
    }
    return outcome(false, status, explain(status));
  } catch (error) {
    return outcome(false, null, explainFailure(error));
  }
}

function explain(status: number): string {
  if (MEANING[status]) return MEANING[status];
  if (status >= 300 && status < 400)
    return 'It redirects elsewhere, which is not followed. Use the address it redirects to.';
  if (status >= 500) return `It answered with an error of its own (${status}). Try again in a moment.`;
  return `It answered with status ${status}. Check the base URL and the key.`;
}

function explainFailure(error: unknown): string {
  if (error instanceof NoAccessTokenError) return error.message;
  if (error instanceof ForbiddenAddressError) {
    return 'Its name leads to a private or reserved address, which Parley does not call.';
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return `It did not answer within ${TIME_LIMIT_MS / 1000} seconds.`;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'No machine has this name. Check the base URL for typing mistakes.';
  if (code === 'ECONNREFUSED') return 'Nothing listens at this address. Is the server running, and is the port right?';
  if (code.startsWith('ERR_TLS') || code.includes('CERT') || code === 'EPROTO') {
    return 'A secure connection could not be made: its certificate or protocol is not accepted.';
  }
  return 'The connection broke before an answer came. Check the base URL and try again.';
}
