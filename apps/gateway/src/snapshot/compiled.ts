import type { BudgetSnapshot } from '@parley/contracts/budget';
import type { BatchesPolicy } from '@parley/contracts/policies/batches';
import type { ProviderSettings } from '@parley/contracts/provider-format';
import type {
  ApiVersionSnapshot,
  ApplicationSnapshot,
  CertificateSnapshot,
  IdentitySnapshot,
  KeySnapshot,
  SubscriptionState,
  TenantSnapshot,
  Timeouts,
} from '@parley/contracts/snapshot';
import type { UpstreamOptions } from '@parley/contracts/upstream-options';
import type { PriceRates } from '@parley/domain/price-rates';
import type { CallPricing } from '@parley/domain/rating/call-charge';
import type { DataKey } from '@parley/kernel/seal';
import type { Target } from '@parley/llm/codec';
import type { OutputReader } from '@parley/llm/prompt/output';
import type { CompiledPrompt } from '@parley/llm/prompt/render';
import type { FormatRow } from '@parley/llm/providers/formats';
import type { ProviderQuirks } from '@parley/llm/providers/preset';
import type { Logger } from '@parley/telemetry/logger';
import type { ProviderKey } from '../models/key-state.ts';
import type { CompiledAlias } from '../models/routing.ts';
import type { CompiledRule } from '../ports/limiter/rule.ts';
import type { Chain } from '../stage.ts';
import type { Kept } from './compile-tenant.ts';
import type { RouteTable } from './route-table.ts';

/** A place requests can be sent to, with its credential opened. */
export interface Destination {
  readonly id: string;
  readonly slug: string;
  readonly origin: string;
  /** Path of the base URL without a trailing slash. */
  readonly basePath: string;
  readonly timeouts: Timeouts;
}

export interface CompiledUpstream extends Destination {
  /** Flat name and value of the credential header; empty when none is set. */
  readonly authHeaders: readonly string[];
  /** The sealed credential could not be opened, or the options are of a newer release: every call is refused. */
  readonly broken: boolean;
  /** `null` for a plain upstream. */
  readonly options: UpstreamOptions | null;
  /** Opened; `null` when none is set. */
  readonly discoveryToken: string | null;
  /** Rises with each compilation in this process. */
  readonly order: number;
}

export interface CompiledProvider extends Destination {
  readonly keys: readonly ProviderKey[];
  /** How it is spoken to; `null` for a format this release does not know: every call is refused. */
  readonly format: FormatRow | null;
  /** As the document has it. */
  readonly formatName: string;
  readonly settings: ProviderSettings;
  /** Where it differs from its format. */
  readonly quirks: ProviderQuirks;
  readonly broken: boolean;
}

export interface CompiledModel {
  readonly id: string;
  readonly slug: string;
  readonly providerModel: string;
  readonly target: Target;
  /** Its window as the publisher says; `null` where nobody did. */
  readonly contextTokens: number | null;
  /** What it can do, as the publisher says; empty where nobody did. */
  readonly capabilities: readonly string[];
  /** It is a name for several models. */
  readonly alias: CompiledAlias | null;
  readonly provider: CompiledProvider | null;
  readonly createdAtMs: number;
  readonly prices: readonly { readonly effectiveFromMs: number; readonly rates: PriceRates }[];
}

export interface CompiledLimit {
  /** How much is allowed, of whatever is counted. */
  readonly requests: number;
  readonly windowSeconds: number;
  /** Of a limits policy; absent for a plan's own limit. */
  readonly rule?: CompiledRule;
}

export interface CompiledPlan {
  readonly id: string;
  readonly slug: string;
  /** One per window length (the strictest), shortest first. */
  readonly limits: readonly CompiledLimit[];
  /** Value of the `RateLimit-Policy` header. */
  readonly policyHeader: string;
}

export interface CompiledRoute {
  readonly id: string;
  readonly upstream: CompiledUpstream | null;
  /** Path at the upstream: literals and, at odd places, indexes of route parameters; `null` keeps the caller's path. */
  readonly upstreamPath: readonly (string | number)[] | null;
  /** Its path's parameters in order, as written there: `{id}`, `*`. */
  readonly parameters: readonly string[];
  readonly chain: Chain;
  /** What a call goes on with that `choosing` has brought here. */
  readonly chosen: Chain;
}

/** One version of a prompt, ready to be asked. */
export interface PromptOffer {
  readonly promptVersionId: string;
  readonly prompt: CompiledPrompt;
  /** `null` when the schema could not be compiled. */
  readonly output: OutputReader | null;
  readonly model: CompiledModel | null;
}

export type CompiledTarget =
  | {
      readonly kind: 'rest';
      readonly routes: RouteTable<CompiledRoute>;
      /** For addresses whose routes are chosen by more than a call's head; `null` where there are none. */
      readonly choosing: Chain | null;
    }
  | {
      readonly kind: 'prompt';
      readonly offer: PromptOffer;
      /** Other versions that may be chosen: by label, and by `#` and number. */
      readonly others: ReadonlyMap<string, PromptOffer>;
      /** The publisher's, for variants that try another. */
      readonly models: ReadonlyMap<string, CompiledModel>;
      readonly chain: Chain;
      /** What is asked of calls it answers later. */
      readonly jobs: Chain;
    }
  | {
      readonly kind: 'llm';
      readonly models: ReadonlyMap<string, CompiledModel>;
      readonly chat: Chain;
      /** What a `/v1` call goes on with once its model is found here. */
      readonly openChat: Chain;
      readonly counting: Chain;
      readonly openCounting: Chain;
      /** What models do beside chat: at this API's own address, and as `/v1` calls go on. */
      readonly operation: Chain;
      readonly openOperation: Chain;
      /** Sessions over WebSockets, the same two ways. */
      readonly realtime: Chain;
      readonly openRealtime: Chain;
      /** Short-lived keys for those. */
      readonly secrets: Chain;
      readonly openSecrets: Chain;
      readonly listing: Chain;
      /** What is asked of calls it answers later. */
      readonly jobs: Chain;
      /** What is asked of files and batches, and what holds for those. */
      readonly filing: Chain;
      readonly batches: BatchesPolicy;
    };

export interface CompiledVersion {
  readonly id: string;
  readonly version: string;
  readonly state: ApiVersionSnapshot['state'];
  /**
   * Flat `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) headers, and where an alias led here `X-Parley-Version`; empty for
   * a current version by its own name.
   */
  readonly lifecycleHeaders: readonly string[];
  readonly target: CompiledTarget;
  /** For paths and methods it does not have. */
  readonly lost: Chain;
}

export interface CompiledApi {
  readonly id: string;
  readonly slug: string;
  readonly maxBodyBytes: number;
  /** See `EndpointApi`. */
  readonly wide: boolean;
  /** By name and by alias. */
  readonly versions: ReadonlyMap<string, CompiledVersion>;
  readonly plans: ReadonlyMap<string, CompiledPlan>;
}

/** What endpoints know of their API. */
export interface EndpointApi {
  readonly id: string;
  readonly slug: string;
  readonly maxBodyBytes: number;
  /**
   * Some endpoint counts over several applications. Then all counters of the API, the plans' too, live in the slot of the
   * publisher, so that one script reaches every counter of a call on a cluster, too.
   */
  readonly wide: boolean;
  /** The publisher's hard budgets that calls to models of this API may count in. */
  readonly budgets: readonly BudgetSnapshot[];
}

/** What the APIs of a tenant share. */
export interface CompiledParts {
  readonly upstreamsBySlug: ReadonlyMap<string, CompiledUpstream>;
  readonly upstreams: ReadonlyMap<string, CompiledUpstream>;
  readonly models: ReadonlyMap<string, CompiledModel>;
  readonly tenantId: string;
  readonly log: Logger;
}

/** What a customer may be charged in total by calls that begin before `untilMs`. */
export interface CreditStep {
  readonly untilMs: number;
  readonly rule: CompiledRule;
}

/** Prices and bounds of a subscription that is paid from credit, in order of time. */
export interface CompiledCredit {
  readonly currency: string;
  readonly steps: readonly CreditStep[];
  /** As rating finds them (domain/rating/segments); `null`: not paid from credit then. */
  readonly prices: readonly {
    readonly planId: string;
    readonly fromMs: number;
    readonly pricing: CallPricing | null;
  }[];
}

/** A publisher's configuration. `live` turns false when a newer one (or none) has taken its place. */
export interface CompiledTenant {
  readonly doc: TenantSnapshot;
  readonly id: string;
  readonly slug: string;
  /** For what is kept of the tenant's traffic; `null` when it cannot be opened. */
  readonly dataKey: DataKey | null;
  readonly apis: ReadonlyMap<string, CompiledApi>;
  readonly apisById: ReadonlyMap<string, CompiledApi>;
  readonly kept: Kept;
  live: boolean;
}

export interface CompiledSubscription {
  readonly id: string;
  readonly publisherTenantId: string;
  readonly publisherSlug: string;
  readonly apiId: string;
  readonly planId: string;
  readonly state: SubscriptionState;
  readonly expiresAtMs: number | null;
  /** Why the customer's unpaid bills close it; `null` where they do not. */
  readonly unpaid: 'billing_restricted' | 'billing_suspended' | 'billing_credit_spent' | null;
  /** Where its plan is, or will be, paid from credit; `broken`: by a price of a newer release. */
  readonly credit: CompiledCredit | 'broken' | null;
  /** Redis key of the counters. */
  readonly limitKey: string;
}

/** A secret that a third party signs with. */
export interface CompiledWebhookSecret {
  readonly id: string;
  readonly text: string;
  readonly expiresAtMs: number | null;
}

/** A caller's configuration. `live` turns false when a newer one (or none) has taken its place. */
export interface CompiledApplication {
  readonly doc: ApplicationSnapshot;
  readonly id: string;
  readonly tenantId: string;
  readonly keysByHash: ReadonlyMap<string, KeySnapshot>;
  /** By `applicationNames.identity`. */
  readonly identities: ReadonlyMap<string, IdentitySnapshot>;
  readonly certificates: ReadonlyMap<string, CertificateSnapshot>;
  /** Shared secrets of identities that could be opened, by the same names. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Those that could be opened, by name: during a rotation there are two. */
  readonly webhookSecrets: ReadonlyMap<string, readonly CompiledWebhookSecret[]>;
  /** Everything that leads to it: secret hashes, and `applicationNames`. */
  readonly names: readonly string[];
  /** The subscription that counts for each API: an approved one before any other, else the latest. */
  readonly subscriptionByApi: ReadonlyMap<string, CompiledSubscription>;
  live: boolean;
}
