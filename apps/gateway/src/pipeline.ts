import type { Exchange, Way } from './exchange.ts';
import type { Ports } from './ports/ports.ts';
import type { Refusal } from './refusals.ts';
import { admit, shed } from './stages/admit.ts';
import { authorize } from './stages/authorize.ts';
import { buildProvider } from './stages/build-provider.ts';
import { buildRest } from './stages/build-rest.ts';
import { enter } from './stages/enter.ts';
import { forward } from './stages/forward.ts';
import { identify } from './stages/identify.ts';
import { listApiModels, listModels } from './stages/list-models.ts';
import { locate } from './stages/locate.ts';
import { matchAddress } from './stages/match-address.ts';
import { readChat } from './stages/read-chat.ts';
import { readJson } from './stages/read-json.ts';
import { refuse } from './stages/refuse.ts';
import { renderPromptCall } from './stages/render-prompt.ts';
import { resolveApiModel, resolveModel } from './stages/resolve-model.ts';

/** Advances the exchange (`null`) or ends it with a refusal. No stage calls another; only what waits is a promise. */
type Stage = (exchange: Exchange, ports: Ports) => Refusal | null | Promise<Refusal | null>;

/** Every request first: who calls. Nobody learns anything about paths without a key. */
const DOOR: readonly Stage[] = [identify];

/** Then one of these ways. Bad input is refused before `admit`, so that it counts against no limit. */
const WAYS: Readonly<Record<Way, readonly Stage[]>> = {
  /** `/{tenant}/{api}/{version}/…`: ends by choosing one of the ways below. */
  api: [locate, authorize, enter],
  /** A REST API: its route's upstream, body and answer byte for byte. */
  rest: [shed, buildRest, admit],
  /** A prompt endpoint: variables in, text or JSON out. */
  prompt: [shed, readJson, renderPromptCall, buildProvider, admit],
  /** A model API in OpenAI's dialect. */
  api_chat: [shed, readJson, readChat, resolveApiModel, buildProvider, admit],
  api_models: [shed, admit, listApiModels],
  /** `/v1/…`: the same over all model APIs the caller is subscribed to. */
  chat: [readJson, readChat, resolveModel, shed, buildProvider, admit],
  models: [listModels],
};

/**
 * One request, top to bottom. What follows the upstream call — relaying its answer, settling usage and cost, recording,
 * and only then the last byte — is told by the relays (`stages/relay-*.ts`) and `stages/settle.ts`.
 */
export async function handle(exchange: Exchange, ports: Ports): Promise<void> {
  const nowhere = matchAddress(exchange);
  let refusal = (await walk(DOOR, exchange, ports)) ?? nowhere;
  if (refusal === null && exchange.way === 'api') refusal = await walk(WAYS.api, exchange, ports);
  if (refusal === null) refusal = await walk(WAYS[exchange.way], exchange, ports);

  if (refusal !== null) return refuse(exchange, refusal, ports);
  if (!exchange.settled) forward(exchange, ports);
}

async function walk(stages: readonly Stage[], exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  for (const stage of stages) {
    const outcome = stage(exchange, ports);
    const refusal = outcome instanceof Promise ? await outcome : outcome;
    // The client may have left while a stage waited: then the call is settled already.
    if (refusal !== null || exchange.settled) return refusal;
  }
  return null;
}
