import { GenerationCache } from '../../snapshot/generation-cache.ts';
import {
  type Attested,
  type Draw,
  MAX_STATES,
  type PartyStateStore,
  type Signatures,
  type TokenLine,
  type TokenName,
  type TokenState,
} from './state-store.ts';

/** From this age on what is known is read again, beside the calls that go on using it; from the second one calls wait for it (PT-6.5). */
const FRESH_MS = 250;
const STALE_MS = 750;
const TENANTS = 5000;

/** What a node finds of a token; `unavailable`: nobody can tell. */
export type Found = TokenState | 'issued' | 'ended' | 'unavailable';

interface Tenant {
  gen: number;
  seen: number;
  readTo: number;
  /** `performance.now()` when what is held was asked for. */
  readAt: number;
  readonly states: Map<string, TokenState>;
  reading: Promise<boolean> | null;
}

/** What this node knows of tokens' states: never older than 750 ms when it decides, read only while tokens are used. */
export class KnownStates {
  readonly #store: PartyStateStore;
  readonly #tenants = new GenerationCache<string, Tenant>(TENANTS);

  constructor(store: PartyStateStore) {
    this.#store = store;
  }

  /** The state of a token, at once when the tenant's were read lately. Never rejects. */
  find(tenantId: string, token: TokenLine): Found | Promise<Found> {
    const tenant = this.#of(tenantId);
    const age = performance.now() - tenant.readAt;
    if (age >= STALE_MS)
      return this.#read(tenantId, tenant).then((good) => (good ? judge(tenant, token) : 'unavailable'));
    if (age >= FRESH_MS) void this.#read(tenantId, tenant);
    return judge(tenant, token);
  }

  /** The tenant's generation; `null` when nobody can tell. Never rejects. */
  async generation(tenantId: string): Promise<number | null> {
    const tenant = this.#of(tenantId);
    const good = performance.now() - tenant.readAt < STALE_MS || (await this.#read(tenantId, tenant));
    return good ? tenant.gen : null;
  }

  /** Sets a state, here at once. Rejects when it could not be kept. */
  async change(tenantId: string, token: TokenName, state: TokenState): Promise<void> {
    const tenant = this.#of(tenantId);
    const now = await this.#store.change(tenantId, tenant, token, state);
    see(tenant, now);
    if (now.gen === token.gen && tenant.states.get(token.jti) !== 'revoked') tenant.states.set(token.jti, state);
  }

  /** Notes what parties have signed, here at once. Rejects when it could not be kept. */
  async attest(tenantId: string, token: TokenName, signatures: Signatures): Promise<Attested> {
    const tenant = this.#of(tenantId);
    const now = await this.#store.attest(tenantId, tenant, token, signatures);
    see(tenant, now);
    const known = now.state === 'active' || now.state === 'withdrawn';
    if (known && now.gen === tenant.gen && tenant.states.get(token.jti) !== 'revoked')
      tenant.states.set(token.jti, now.state);
    return now;
  }

  /** Begins an allowance. False: the generation has ended. Rejects when it could not be kept. */
  open(tenantId: string, token: TokenName, uses: number): Promise<boolean> {
    return this.#store.open(tenantId, this.#of(tenantId), token, uses);
  }

  /** Takes a use. Rejects when nobody can tell. */
  async draw(tenantId: string, token: TokenName): Promise<Draw> {
    const tenant = this.#of(tenantId);
    const { drawn, ...now } = await this.#store.draw(tenantId, tenant, token);
    see(tenant, now);
    return drawn;
  }

  /** Gives a use back. Never rejects: a use that is lost is never one too many. */
  async giveBack(tenantId: string, token: TokenName): Promise<void> {
    await this.#store.giveBack(tenantId, this.#of(tenantId), token).catch(() => undefined);
  }

  /** Whether this name comes for the first time, on any node. Rejects when nobody can tell. */
  once(tenantId: string, name: string, ms: number): Promise<boolean> {
    return this.#store.once(tenantId, name, ms);
  }

  left(tenantId: string, token: TokenName): Promise<number> {
    return this.#store.left(tenantId, token);
  }

  #of(tenantId: string): Tenant {
    let tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) {
      tenant = { gen: 0, seen: 0, readTo: 0, readAt: Number.NEGATIVE_INFINITY, states: new Map(), reading: null };
      this.#tenants.set(tenantId, tenant);
    }
    return tenant;
  }

  /** One question for all who wait. */
  #read(tenantId: string, tenant: Tenant): Promise<boolean> {
    tenant.reading ??= this.#ask(tenantId, tenant).finally(() => {
      tenant.reading = null;
    });
    return tenant.reading;
  }

  async #ask(tenantId: string, tenant: Tenant): Promise<boolean> {
    // States of ended tokens are not told as gone: a map that has grown too long begins again.
    if (tenant.states.size > 2 * MAX_STATES) {
      tenant.states.clear();
      tenant.readTo = 0;
    }
    const askedAt = performance.now();
    try {
      const news = await this.#store.read(tenantId, tenant);
      see(tenant, news);
      // Another generation may have been seen while this was under way: then it is read again.
      if (news.gen < tenant.gen) return false;
      // What was revoked here meanwhile may not be among them yet.
      for (const [jti, state] of news.changes) if (tenant.states.get(jti) !== 'revoked') tenant.states.set(jti, state);
      tenant.readTo = news.clock;
      tenant.readAt = askedAt;
      return true;
    } catch {
      return false;
    }
  }
}

function see(tenant: Tenant, { gen, clock }: { readonly gen: number; readonly clock: number }): void {
  if (gen < tenant.gen) return;
  if (gen > tenant.gen) {
    tenant.states.clear();
    tenant.gen = gen;
    tenant.seen = 0;
    tenant.readTo = 0;
  }
  tenant.seen = Math.max(tenant.seen, clock);
}

/** What was exchanged ends with what it was exchanged from. */
function judge({ gen, states }: Tenant, { gen: own, jti, from }: TokenLine): Found {
  if (own !== gen) return 'ended';
  for (const before of from) {
    const state = states.get(before);
    if (state === 'revoked' || state === 'withdrawn') return state;
  }
  return states.get(jti) ?? 'issued';
}
