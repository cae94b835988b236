import { assemble } from '@parley/context/assemble';
import { estimateCallTokens } from '@parley/llm/neutral/estimate';
import { withHistory } from '@parley/llm/with-history';
import type { Exchange } from '../exchange.ts';
import { permitOffer } from '../party/permit.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { subscribedApis } from '../stages/open-models.ts';
import { chooseOffer } from '../stages/resolve-model.ts';
import { overflow } from './context-in.ts';
import { findSession, turnsOf } from './find-session.ts';
import { type ModelWindow, windowOf } from './model-window.ts';
import { permitSession } from './party-access.ts';
import { answer, bodyOf, callIn } from './session-request.ts';

/** The window to preview for: a number, or that of a model that is open to the caller. */
async function windowFor(
  exchange: Exchange,
  ports: Ports,
  { model, window }: Readonly<Record<string, unknown>>,
): Promise<ModelWindow | Refusal> {
  if (typeof model !== 'string') {
    if (typeof window === 'number' && Number.isInteger(window) && window > 0) {
      return { window, maxOutputTokens: null, exact: true };
    }
    return refusal('invalid_parameter', { message: 'Name a `model`, or give a `window` in tokens.', param: 'model' });
  }
  const application = exchange.caller?.application;
  if (application === undefined) return refusal('internal');
  const apis = await subscribedApis(application, ports);
  if (apis instanceof Refusal) return apis;
  const offer = chooseOffer(apis, model, ports.clock.nowMs());
  return offer instanceof Refusal ? offer : (permitOffer(exchange, offer) ?? windowOf(offer.model));
}

/** CP-5.7. */
export async function previewSession(exchange: Exchange, ports: Ports, publicId: string): Promise<Refusal | null> {
  const body = await bodyOf(exchange);
  if (body instanceof Refusal) return body;
  const read = callIn(body);
  if (read instanceof Refusal) return read;
  const model = await windowFor(exchange, ports, body);
  if (model instanceof Refusal) return model;
  const session = await findSession(exchange, ports, publicId);
  if (session instanceof Refusal) return session;
  // Instructions are among what would be sent.
  const denied = permitSession(exchange, session, 'session:read', 'session:edit');
  if (denied !== null) return denied;
  const turns = await turnsOf(session, ports);
  if (turns instanceof Refusal) return turns;
  const { chat, call } = read;
  const assembled = assemble({
    settings: session.settings,
    turns,
    request: call.turns.filter(({ role }) => role !== 'system'),
    requestTokens: estimateCallTokens(call),
    window: model.window,
    maxOutputTokens: typeof body['max_tokens'] === 'number' ? body['max_tokens'] : null,
    modelMaxOutputTokens: model.maxOutputTokens,
    exact: model.exact,
  });
  if ('overflow' in assembled) return overflow(assembled);
  const { instructions, history, manifest, notes, budget, tokens } = assembled;
  const whole = withHistory(chat, { instructions, turns: history });
  const { model: _model, max_tokens: _most, ...request } = whole?.body ?? {};
  const shown = { object: 'session.preview', dialect: chat.protocol, window: model.window, budget, tokens };
  return answer(exchange, ports, { body: { ...shown, strategy: session.settings.strategy, notes, request, manifest } });
}
