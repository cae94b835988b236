import type { Clock } from '@parley/kernel/clock';
import {
  AFTER_END_MS,
  type Attested,
  type Draw,
  type Known,
  MAX_STATES,
  type PartyStateStore,
  type Signatures,
  type Standing,
  type StateNews,
  type TokenName,
  type TokenState,
} from './state-store.ts';

interface Entry {
  readonly state: TokenState;
  readonly clock: number;
  readonly endsAtMs: number;
}

interface Tenant {
  gen: number;
  clock: number;
  readonly states: Map<string, Entry>;
  readonly uses: Map<string, number>;
}

/** The twin: maps, by the same rules as the scripts. */
export class MemoryPartyStates implements PartyStateStore {
  readonly #clock: Clock;
  readonly #tenants = new Map<string, Tenant>();
  readonly #proofs = new Map<string, number>();
  readonly #signs = new Map<string, Map<string, 'signed' | 'withdrawn'>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async once(tenantId: string, name: string, ms: number): Promise<boolean> {
    const [key, nowMs] = [`${tenantId} ${name}`, this.#clock.nowMs()];
    for (const [seen, endsAtMs] of this.#proofs) if (endsAtMs <= nowMs) this.#proofs.delete(seen);
    if (this.#proofs.has(key)) return false;
    this.#proofs.set(key, nowMs + ms);
    return true;
  }

  async read(tenantId: string, known: Known): Promise<StateNews> {
    const { gen, clock, states } = this.#of(tenantId, known);
    const since = gen === known.gen ? known.readTo : 0;
    const changed = [...states].filter(([, entry]) => entry.clock > since).sort(([, a], [, b]) => a.clock - b.clock);
    return { gen, clock, changes: changed.map(([jti, { state }]) => [jti, state]) };
  }

  async change(tenantId: string, known: Known, token: TokenName, state: TokenState): Promise<Standing> {
    const tenant = this.#of(tenantId, known);
    const was = tenant.states.get(token.jti)?.state;
    if (token.gen !== tenant.gen || was === 'revoked' || was === state) return tenant;
    for (const [jti, entry] of tenant.states) if (entry.endsAtMs <= this.#clock.nowMs()) tenant.states.delete(jti);
    if (was === undefined && tenant.states.size >= MAX_STATES) return this.#begin(tenantId, tenant, known);
    tenant.clock++;
    tenant.states.set(token.jti, { state, clock: tenant.clock, endsAtMs: token.endsAtMs + AFTER_END_MS });
    return tenant;
  }

  async attest(tenantId: string, known: Known, token: TokenName, { need, said }: Signatures): Promise<Attested> {
    const { gen, clock, states } = this.#of(tenantId, known);
    const was = states.get(token.jti)?.state;
    if (token.gen !== gen) return { gen, clock, state: 'ended', signed: 0 };
    if (was === 'revoked') return { gen, clock, state: was, signed: 0 };
    const signs = this.#signs.get(token.jti) ?? new Map<string, 'signed' | 'withdrawn'>();
    this.#signs.set(token.jti, signs);
    for (const { party, says } of said) if (signs.get(party) !== 'withdrawn') signs.set(party, says);
    const all = [...signs.values()];
    const signed = all.filter((one) => one === 'signed').length;
    const state = signed >= need ? 'active' : all.includes('withdrawn') ? 'withdrawn' : was;
    if (state === undefined) return { gen, clock, state: 'pending', signed };
    const now = await this.change(tenantId, known, token, state);
    return { gen: now.gen, clock: now.clock, state: now.gen === gen ? state : 'ended', signed };
  }

  async open(tenantId: string, known: Known, token: TokenName, uses: number): Promise<boolean> {
    const tenant = this.#of(tenantId, known);
    if (token.gen !== tenant.gen) return false;
    tenant.clock++;
    tenant.uses.set(token.jti, uses);
    return true;
  }

  async draw(tenantId: string, known: Known, token: TokenName): Promise<Standing & { readonly drawn: Draw }> {
    const tenant = this.#of(tenantId, known);
    const { gen } = tenant;
    const state = tenant.states.get(token.jti)?.state ?? 'active';
    if (token.gen !== gen || state !== 'active') return { gen, clock: tenant.clock, drawn: 'inactive' };
    const left = tenant.uses.get(token.jti) ?? 0;
    if (left < 1) return { gen, clock: tenant.clock, drawn: 'spent' };
    tenant.uses.set(token.jti, left - 1);
    tenant.clock++;
    return { gen, clock: tenant.clock, drawn: left - 1 };
  }

  async giveBack(tenantId: string, known: Known, token: TokenName): Promise<void> {
    const tenant = this.#of(tenantId, known);
    const left = tenant.uses.get(token.jti);
    if (token.gen !== tenant.gen || left === undefined) return;
    tenant.uses.set(token.jti, left + 1);
    tenant.clock++;
  }

  async left(tenantId: string, { jti }: TokenName): Promise<number> {
    return this.#tenants.get(tenantId)?.uses.get(jti) ?? 0;
  }

  #of(tenantId: string, known: Known): Tenant {
    const tenant = this.#tenants.get(tenantId);
    const gone = tenant === undefined || known.gen > tenant.gen;
    if (gone || (known.gen === tenant.gen && known.seen > tenant.clock)) return this.#begin(tenantId, tenant, known);
    return tenant;
  }

  #begin(tenantId: string, tenant: Tenant | undefined, known: Known): Tenant {
    const gen = Math.max(this.#clock.nowMs(), (tenant?.gen ?? 0) + 1, known.gen + 1);
    const uses = tenant?.uses ?? new Map<string, number>();
    const begun = { gen, clock: 1, states: new Map<string, Entry>(), uses };
    this.#tenants.set(tenantId, begun);
    return begun;
  }
}
