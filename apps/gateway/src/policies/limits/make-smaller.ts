import { LEAST_OUTPUT_TOKENS, type LimitsPolicy, type WhenShort } from '@parley/contracts/policies/limits';
import type { LimitRecord } from '@parley/contracts/usage-event';
import { leastOutputBound, withOutputBound } from '@parley/llm/output-bound';
import { inBackground } from '../../background/accept-job.ts';
import type { Exchange } from '../../exchange.ts';
import { prepareCall } from '../../models/prepare.ts';
import type { Admission } from '../../ports/limiter/admission.ts';
import { type Amounts, costOf } from '../../ports/limiter/rule.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CompiledModel } from '../../snapshot/compiled.ts';
import { prepareFirst } from '../../stages/build-provider.ts';
import type { EndpointCall } from './endpoint-limits.ts';
import { demandOf, longestOf, modelsOf } from './most.ts';

/** What was done to a call for it to fit. */
export type Made = NonNullable<LimitRecord['instead']>;

/** A call that did not fit, and what was left of its limits then. */
export interface Short {
  readonly exchange: Exchange;
  readonly ports: Ports;
  readonly call: EndpointCall;
  readonly admission: Admission;
  readonly policy: LimitsPolicy;
}

/** Whether a call that takes so much would have fitted. `model`: asked first; what counts each by itself may have room for it. */
function fits({ admission: { limits, remaining }, exchange }: Short, amounts: Amounts, model?: CompiledModel): boolean {
  const other = model !== undefined && model.slug !== modelsOf(exchange)[0]?.slug;
  return limits.every(({ rule }, i) => {
    if (rule === undefined) return (remaining[i] as number) >= 1;
    return (other && rule.scope === 'model') || costOf(rule, amounts) <= (remaining[i] as number);
  });
}

/** The longest bound for its answers with which it would have fitted, put into the request; none that is too short to be of use. */
function lowerOutput(short: Short): Made | null {
  const { exchange, ports, call, policy } = short;
  const { chat, model } = exchange;
  const demand = demandOf(exchange);
  if (chat === null || model === null || demand === null) return null;
  const models = modelsOf(exchange);
  const fitsWith = (outputTokens: number): boolean =>
    fits(short, call.mostFor({ demand: { ...demand, outputTokens }, models }));
  let lowered = Math.max(policy.leastOutputTokens ?? LEAST_OUTPUT_TOKENS, leastOutputBound(chat));
  let tooMany = Math.max(...models.map((one) => longestOf(demand, one)));
  if (lowered >= tooMany || !fitsWith(lowered)) return null;
  while (tooMany - lowered > 1) {
    const middle = Math.floor((lowered + tooMany) / 2);
    if (fitsWith(middle)) lowered = middle;
    else tooMany = middle;
  }
  const quirks = { ...model.provider?.format?.quirks, ...model.target.quirks };
  const smaller = withOutputBound(chat, { ...model.target, quirks }, lowered);
  if (smaller === null) return null;
  exchange.chat = smaller;
  if (prepareCall(exchange, ports, model, exchange.key) === null) return { kind: 'lowerOutput', outputTokens: lowered };
  exchange.chat = chat;
  return null;
}

/** Those of the models behind its name that would have fitted by themselves: as routed if the first is one, else the dearest first. */
function cheaperModel(short: Short): Made | null {
  const { exchange, ports, call } = short;
  const { candidates } = exchange;
  const demand = demandOf(exchange);
  if (demand === null || candidates.length < 2) return null;
  const sized = candidates.map((model) => ({
    model,
    amounts: { ...call.mostFor({ demand, models: [model] }), model: model.slug },
  }));
  const fitting = sized.filter(({ model, amounts }) => fits(short, amounts, model));
  if (fitting[0]?.model !== candidates[0]) {
    fitting.sort((a, b) => b.amounts.costNano - a.amounts.costNano || b.amounts.tokens - a.amounts.tokens);
  }
  const models = fitting.map(({ model }) => model);
  if (models.length === 0 || prepareFirst(exchange, ports, models) !== null) return null;
  return { kind: 'cheaperModel', model: exchange.model?.slug ?? '' };
}

const WAYS: Readonly<Record<WhenShort, (short: Short) => Made | null>> = {
  refuse: () => null,
  lowerOutput,
  cheaperModel,
};

/**
 * Makes a call smaller, as the policy says, so that it would have fitted when its limits were asked; says what was done, or
 * `null` where nothing can be. One that is answered later runs as it came: it is left alone.
 */
export function makeSmaller(short: Short): Made | null {
  if (short.exchange.prefersLater || inBackground(short.exchange)) return null;
  return WAYS[short.policy.whenShort ?? 'refuse'](short);
}
