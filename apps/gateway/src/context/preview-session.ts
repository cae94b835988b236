import { assemble } from '@parley/context/assemble';
import { type SessionTurn, settingsSchema } from '@parley/context/session';
import { NO_TOKENS } from '@parley/domain/call-usage';
import type { PriceRates } from '@parley/domain/price-rates';
import { priceAt, priceUsage } from '@parley/domain/pricing';
import type { Turn as Message } from '@parley/llm/neutral/call';
import { estimateCallTokens, estimateTurnTokens } from '@parley/llm/neutral/estimate';
import { isObject } from '@parley/llm/object';
import { withHistory } from '@parley/llm/with-history';
import type { Exchange } from '../exchange.ts';
import { permitOffer } from '../party/permit.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { subscribedApis } from '../stages/open-models.ts';
import { chooseOffer } from '../stages/resolve-model.ts';
import { changedSettings } from './change-session.ts';
import { overflow } from './context-in.ts';
import { findSession, summaryOf, turnsOf } from './find-session.ts';
import { type ModelWindow, windowOf } from './model-window.ts';
import { permitSession } from './party-access.ts';
import { answer, bodyOf, callIn } from './session-request.ts';

/** A window, and what tokens cost of whose it is, where that is known. */
type PricedWindow = ModelWindow & { readonly rates: PriceRates | null };

/** The window to preview for: a number, or that of a model that is open to the caller. */
async function windowFor(
  exchange: Exchange,
  ports: Ports,
  { model, window }: Readonly<Record<string, unknown>>,
): Promise<PricedWindow | Refusal> {
  if (typeof model !== 'string') {
    if (typeof window === 'number' && Number.isInteger(window) && window > 0) {
      return { window, maxOutputTokens: null, exact: true, rates: null };
    }
    return refusal('invalid_parameter', { message: 'Name a `model`, or give a `window` in tokens.', param: 'model' });
  }
  const application = exchange.caller?.application;
  if (application === undefined) return refusal('internal');
  const apis = await subscribedApis(application, ports);
  if (apis instanceof Refusal) return apis;
  const offer = chooseOffer(apis, model, ports.clock.nowMs());
  if (offer instanceof Refusal) return offer;
  const denied = permitOffer(exchange, offer);
  if (denied !== null) return denied;
  const rates = priceAt(offer.model.prices, ports.clock.nowMs())?.rates ?? null;
  return { ...(await windowOf(offer.model)), rates };
}

/** What so much input costs by the model's price of now, without the answer and without what the provider has cached. */
function inputCost({ rates }: PricedWindow, inputTokens: number): object | null {
  if (rates === null) return null;
  return { nano: priceUsage(rates, { ...NO_TOKENS, inputTokens }).toString(), currency: rates.currency };
}

/** What the preview is of: the call that made a turn, as it would be sent now, or the next call. */
function callOf(
  turns: readonly SessionTurn[],
  body: Readonly<Record<string, unknown>>,
): {
  readonly before: readonly SessionTurn[];
  readonly body: Readonly<Record<string, unknown>>;
  asked: Message[] | null;
} {
  const { turn: id, ...next } = body;
  const at = id === undefined ? -1 : turns.findIndex((turn) => turn.id === id);
  const turn = turns[at];
  if (turn === undefined) return { before: turns, body: next, asked: null };
  const answered = turn.messages.findIndex(({ role }) => role === 'assistant');
  const asked = turn.messages.slice(0, answered === -1 ? undefined : answered);
  const named = next['model'] === undefined && next['window'] === undefined;
  return { before: turns.slice(0, at), body: named ? { ...next, model: turn.model } : next, asked };
}

/** CP-5.7. */
export async function previewSession(exchange: Exchange, ports: Ports, publicId: string): Promise<Refusal | null> {
  const body = await bodyOf(exchange);
  if (body instanceof Refusal) return body;
  const session = await findSession(exchange, ports, publicId);
  if (session instanceof Refusal) return session;
  // Instructions are among what would be sent.
  const denied = permitSession(exchange, session, 'session:read', 'session:edit');
  if (denied !== null) return denied;
  const turns = await turnsOf(session, ports);
  if (turns instanceof Refusal) return turns;
  const of = callOf(turns, body);
  if (body['turn'] !== undefined && of.asked === null) {
    return refusal('invalid_parameter', { message: 'The session has no such turn.', param: 'turn' });
  }
  const read = callIn(of.body);
  if (read instanceof Refusal) return read;
  const model = await windowFor(exchange, ports, of.body);
  if (model instanceof Refusal) return model;
  const { chat, call } = read;
  const would = isObject(body['settings'])
    ? changedSettings(session.settings, body['settings'], settingsSchema)
    : session.settings;
  if (would instanceof Refusal) return would;
  const assembled = assemble({
    settings: would,
    turns: of.before,
    request: of.asked ?? call.turns.filter(({ role }) => role !== 'system'),
    requestTokens: of.asked?.reduce((sum, message) => sum + estimateTurnTokens(message), 0) ?? estimateCallTokens(call),
    window: model.window,
    maxOutputTokens: typeof body['max_tokens'] === 'number' ? body['max_tokens'] : null,
    modelMaxOutputTokens: model.maxOutputTokens,
    exact: model.exact,
    summary: summaryOf(session),
  });
  if ('overflow' in assembled) return overflow(assembled);
  const { instructions, history, manifest, notes, fellBack, budget, tokens } = assembled;
  const whole = withHistory(chat, { instructions, turns: history });
  const { model: _model, max_tokens: _most, ...request } = whole?.body ?? {};
  const input_cost = inputCost(model, tokens);
  const shown = { object: 'session.preview', dialect: chat.protocol, window: model.window, budget, tokens, input_cost };
  return answer(exchange, ports, {
    body: { ...shown, strategy: would.strategy, fell_back: fellBack, notes, request, manifest },
  });
}
