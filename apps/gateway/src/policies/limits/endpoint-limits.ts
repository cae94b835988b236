import { endUserOf, tagsOf } from '@parley/contracts/attribution';
import type { BudgetSnapshot } from '@parley/contracts/budget';
import { countedBy, currencyOf, isMetered, type LimitRule } from '@parley/contracts/policies/limits';
import { redisKeys } from '@parley/contracts/redis-keys';
import { counterSlot } from '@parley/domain/limits/counter-slot';
import { type CallFacts, counterSubject } from '@parley/domain/limits/counter-subject';
import type { Exchange } from '../../exchange.ts';
import { type Amounts, type CompiledRule, type Counters, isTold, leasable } from '../../ports/limiter/rule.ts';
import type { RuleCall, RuleSet } from '../../ports/limiter/rule-limiter.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import { limitItem } from '../../snapshot/compile-plan.ts';
import type {
  CompiledLimit,
  CompiledModel,
  CompiledPlan,
  CompiledSubscription,
  CreditStep,
} from '../../snapshot/compiled.ts';
import type { EndpointSource } from '../../stage.ts';
import { connectionRules } from '../web-socket/connection-rules.ts';
import { addressGroup } from './address-group.ts';
import { beyondBudgets, budgetsOf, compileBudget, TOLD_BY_BODY } from './budget-rules.ts';
import { compileRule } from './compile-rule.ts';
import { creditStepOf, mostCharged } from './credit.ts';
import { currenciesOf, type Demand, demandOf, modelsOf, mostOf } from './most.ts';

/** The limits of one plan with an endpoint's rules. */
interface PlanSet extends RuleSet {
  readonly planLimits: readonly CompiledLimit[];
  readonly rules: readonly CompiledRule[];
  /** Some of it must not begin anew when the store has lost it. */
  readonly marked: boolean;
}

/** What counts the calls of one endpoint: the caller's plan and the rules of the endpoint's policy, together. */
export class EndpointLimits {
  readonly #source: EndpointSource;
  readonly #wide: boolean;
  readonly #endpoint: string;
  readonly #part: string;
  readonly #rules: readonly LimitRule[];
  readonly #byAddress: boolean;
  readonly #byModel: boolean;
  readonly #byUser: boolean;
  readonly #byTag: boolean;
  readonly #byBytes: boolean;
  readonly #metered: boolean;
  /** What costs are counted in; a policy has one currency. */
  readonly #currency: string;
  /** The same, unless costs are only counted on trial. */
  readonly #enforcedCurrency: string | null;
  /** Hard budgets of the publisher that its calls may count in. */
  readonly #budgets: readonly BudgetSnapshot[];
  /** Whose rules are all that hold here also counts what is charged. */
  readonly #charges: boolean;
  /** By plan, and by the budgets that a call counts in. */
  readonly #sets: PlanSets = new WeakMap();
  /** The same for each bound on what is charged: these come and go with what is known of a caller. */
  readonly #creditSets = new WeakMap<CreditStep, PlanSets>();

  /** `rules` where not all that hold are to count; such calls count apart from others in what this node remembers. */
  constructor(source: EndpointSource, rules?: readonly LimitRule[]) {
    this.#source = source;
    this.#wide = source.api.wide;
    this.#endpoint = source.route?.id ?? source.version.id;
    this.#rules = rules ?? [...(source.policies.limits?.rules ?? []), ...connectionRules(source)];
    this.#part = rules === undefined ? '' : 'part ';
    this.#charges = rules === undefined;
    this.#budgets = rules === undefined ? source.api.budgets : [];
    this.#byAddress = this.#rules.some(({ scope }) => scope === 'address');
    this.#byModel = this.#rules.some(({ scope }) => scope === 'model');
    this.#byUser = this.#rules.some(({ scope }) => scope === 'user');
    this.#byTag = this.#rules.some(({ scope }) => scope === 'tag');
    this.#byBytes = this.#rules.some((rule) => countedBy(rule) === 'requestBytes');
    this.#metered = this.#budgets.length > 0 || this.#rules.some((rule) => isMetered(countedBy(rule)));
    this.#currency = this.#rules.map(currencyOf).find((currency) => currency !== null) ?? '';
    this.#enforcedCurrency = this.#rules.some((rule) => !rule.shadow && currencyOf(rule) !== null)
      ? this.#currency
      : null;
  }

  /** Whether plans alone count here, where they always do. */
  get plain(): boolean {
    return this.#rules.length === 0 && !this.#wide;
  }

  /** Whether only the body tells which counters are a call's. */
  get late(): boolean {
    return this.#byModel || this.#byUser || this.#budgets.some(({ scope }) => TOLD_BY_BODY.has(scope));
  }

  /** The call with its counters; `null` for one that has not been led to a plan. */
  call(exchange: Exchange, ports: Ports): EndpointCall | null {
    const { subscription, plan, caller, tenant } = exchange;
    if (subscription === null || plan === null || caller === null || tenant === null) return null;
    const budgets = this.#budgets.length === 0 ? this.#budgets : budgetsOf(this.#budgets, exchange, caller);
    const credit = this.#charges ? creditStepOf(exchange) : null;
    const set = this.#setOf(plan, budgets, { credit, timeZone: tenant.doc.timeZone ?? 'UTC' });
    const currency = budgets[0]?.currency ?? this.#currency;
    const amounts = (asked?: Asked) => this.#amountsOf(exchange, ports, { currency, credit, asked });
    const { application, key } = caller;
    return new EndpointCall(this, set, {
      subscription,
      subscriptionId: subscription.id,
      keyId: key.id,
      endpointId: this.#endpoint,
      address: this.#byAddress ? addressGroup(ports.clients.addressOf(exchange.request)) : '',
      consumerTenantId: application.tenantId,
      teamId: application.doc.teamId ?? '',
      model: this.#byModel ? (modelsOf(exchange)[0]?.slug ?? '') : '',
      user: this.#byUser ? (endUserOf(exchange.userHeader, (exchange.chat ?? exchange.operation)?.body) ?? '') : '',
      tags: this.#byTag ? tagsOf(exchange.tagsHeader) : undefined,
      amounts,
      holder: exchange.id,
      budgets: budgets.map(({ id }) => id).join(),
    });
  }

  /** Why the call cannot be counted here: by what currency it would cost. */
  uncountable(exchange: Exchange, ports: Ports): Refusal | null {
    if (this.#budgets.length > 0 && exchange.caller !== null) {
      const without = beyondBudgets(budgetsOf(this.#budgets, exchange, exchange.caller), exchange, ports.clock.nowMs());
      if (without !== null) return without;
    }
    const wanted = this.#enforcedCurrency;
    if (wanted === null) return null;
    const other = currenciesOf(exchange, ports.clock.nowMs()).find((currency) => currency !== wanted);
    if (other === undefined) return null;
    const message = `This API limits costs in ${wanted}, and a model behind this name is priced in ${other}.`;
    return refusal('price_missing', { message });
  }

  /** What the call takes at most, of all that is counted here. */
  #amountsOf(
    exchange: Exchange,
    ports: Ports,
    of: { readonly currency: string; readonly credit: CreditStep | null; readonly asked: Asked | undefined },
  ): Amounts {
    const { currency, credit, asked } = of;
    const { demand, models } = asked ?? {
      demand: this.#metered || credit !== null ? demandOf(exchange) : null,
      models: modelsOf(exchange),
    };
    const nowMs = ports.clock.nowMs();
    const most = mostOf(demand, models, { nowMs, currency });
    const chargeNano = credit === null ? 0 : mostCharged(exchange, { demand, models, nowMs });
    return { ...most, chargeNano, bytes: this.#byBytes ? bytesOf(exchange) : 0 };
  }

  /** Names the counters of a caller on this node. */
  nameOf({ subscriptionId, keyId, address, model, user, tags, budgets }: Caller): string {
    const name = `${this.#part}${subscriptionId} ${this.#endpoint} ${keyId} ${address}${budgets && ` ${budgets}`}`;
    return this.late || this.#byTag ? `${name} ${model} ${JSON.stringify([user, tags])}` : name;
  }

  countersOf({ planLimits, rules, marked }: PlanSet, caller: Caller): Counters {
    const { id, publisherTenantId } = caller.subscription;
    const { planKey, prefix, marker } = counterSlot(this.#wide, publisherTenantId, id);
    const keys = rules.map(({ identity, scope, tag, budget, credit }) => {
      if (credit) return redisKeys.creditCounter(publisherTenantId, caller.consumerTenantId);
      if (budget !== undefined) return redisKeys.budgetCounter(publisherTenantId, budget.id);
      return `${prefix}${identity}:${counterSubject(scope, tag, caller)}`;
    });
    return {
      planKey,
      planLimits,
      rules,
      keys,
      holder: caller.holder,
      amounts: caller.amounts(),
      marker: marked ? marker : undefined,
    };
  }

  #setOf(plan: CompiledPlan, budgets: readonly BudgetSnapshot[], more: MoreRules): PlanSet {
    const byPlan =
      more.credit === null ? this.#sets : entry(this.#creditSets, more.credit, (): PlanSets => new WeakMap());
    const sets = entry(byPlan, plan, () => new Map<string, PlanSet>());
    const name = budgets.map(({ id }) => id).join();
    let set = sets.get(name);
    if (set === undefined) {
      set = this.#newSet(plan, budgets, more);
      sets.set(name, set);
    }
    return set;
  }

  #newSet(plan: CompiledPlan, budgets: readonly BudgetSnapshot[], { credit, timeZone }: MoreRules): PlanSet {
    const { route, version } = this.#source;
    const home = route?.policies?.['limits'] === undefined ? version.id : route.id;
    // Rules on trial come last: callers are told of the limits before them.
    const own = this.#rules.map((rule) => compileRule(rule, home, timeZone));
    const rules = [
      ...own.filter(({ shadow }) => !shadow),
      ...budgets.map((budget) => compileBudget(budget, timeZone)),
      ...(credit === null ? [] : [credit.rule]),
      ...own.filter(({ shadow }) => shadow),
    ];
    const enforced = rules.filter(({ shadow }) => !shadow);
    const told = enforced.map((rule) => ({ requests: rule.amount, windowSeconds: rule.periodMs / 1000, rule }));
    const limits = [...plan.limits, ...told];
    const holds = rules.some(({ kind, counts }) => kind === 'concurrency' || isMetered(counts));
    const set: PlanSet = {
      limits,
      policyHeader: limits
        .filter(({ rule }) => rule === undefined || isTold(rule))
        .map(limitItem)
        .join(', '),
      planLimits: plan.limits,
      rules,
      marked: rules.some(({ restored }) => restored),
      empty: plan.limits.length === 0 && rules.length === 0,
      single: this.#byAddress || this.#byUser || this.#byTag || this.#byBytes || holds,
      holds,
      leases: rules.every(leasable),
      openWhenDown: plan.limits.length === 0 && enforced.every(({ openWhenDown }) => openWhenDown),
      yields: this.#source.policies.limits?.whenShort === 'cheaperModel',
    };
    return set;
  }
}

/** Sets by plan, and by the budgets in them. */
type PlanSets = WeakMap<CompiledPlan, Map<string, PlanSet>>;

/** What a set has beside plan, policy and budgets: what the customer may be charged, and whose calendar holds. */
interface MoreRules {
  readonly credit: CreditStep | null;
  readonly timeZone: string;
}

function entry<Key extends WeakKey, Value>(map: WeakMap<Key, Value>, key: Key, first: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = first()));
  return value;
}

/** What is asked of which models. */
interface Asked {
  readonly demand: Demand;
  readonly models: readonly CompiledModel[];
}

interface Caller extends CallFacts {
  readonly subscription: CompiledSubscription;
  /** Read when the store is asked: by then it is known which models may answer. */
  readonly amounts: (asked?: Asked) => Amounts;
  readonly holder: string;
  /** Ids of the budgets it counts in. */
  readonly budgets: string;
}

export class EndpointCall implements RuleCall {
  readonly set: PlanSet;
  readonly name: string;
  readonly #limits: EndpointLimits;
  readonly #caller: Caller;
  #counters: Counters | null = null;

  constructor(limits: EndpointLimits, set: PlanSet, caller: Caller) {
    this.#limits = limits;
    this.#caller = caller;
    this.set = set;
    this.name = limits.nameOf(caller);
  }

  counters(): Counters {
    this.#counters ??= this.#limits.countersOf(this.set, this.#caller);
    return this.#counters;
  }

  /** What it would take at most, were it to ask this of these models. */
  mostFor(asked: Asked): Amounts {
    return this.#caller.amounts(asked);
  }
}

/** Bytes of the request's body; one of unknown length counts as the largest that the API takes. */
function bytesOf({ contentLength, chunked, body, api }: Exchange): number {
  if (body !== null) return body.length;
  return chunked ? (api?.maxBodyBytes ?? 0) : Math.max(0, contentLength);
}
