import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import { ATTEST, CHANGE, DRAW, GIVE_BACK, OPEN, READ } from './scripts.ts';
import type {
  Attested,
  Draw,
  Known,
  PartyStateStore,
  Signatures,
  Standing,
  StateNews,
  TokenName,
  TokenState,
} from './state-store.ts';

type Script =
  | 'parleyPartyAttest'
  | 'parleyPartyRead'
  | 'parleyPartyChange'
  | 'parleyPartyOpen'
  | 'parleyPartyDraw'
  | 'parleyPartyGiveBack';
type Scripts = Record<Script, (...given: (string | number)[]) => Promise<(string | number)[]>>;

const SCRIPTS: Readonly<Record<Script, string>> = {
  parleyPartyAttest: ATTEST,
  parleyPartyRead: READ,
  parleyPartyChange: CHANGE,
  parleyPartyOpen: OPEN,
  parleyPartyDraw: DRAW,
  parleyPartyGiveBack: GIVE_BACK,
};
const PARTS = ['root', 'changes', 'states', 'ends'] as const;
const NOBODY: TokenName = { jti: '', gen: 0, endsAtMs: 0 };

/** All of a tenant's in one slot, each step one script. */
export class RedisPartyStates implements PartyStateStore {
  readonly #redis: Redis & Scripts;

  constructor(redis: Redis) {
    for (const [name, lua] of Object.entries(SCRIPTS)) redis.defineCommand(name, { numberOfKeys: 5, lua });
    this.#redis = redis as Redis & Scripts;
  }

  async read(tenantId: string, known: Known): Promise<StateNews> {
    const [gen, clock, ...pairs] = await this.#run('parleyPartyRead', tenantId, known, NOBODY);
    const changes = Array.from(
      { length: pairs.length / 2 },
      (_, i) => [String(pairs[2 * i]), pairs[2 * i + 1] as TokenState] as const,
    );
    return { gen: Number(gen), clock: Number(clock), changes };
  }

  async change(tenantId: string, known: Known, token: TokenName, state: TokenState): Promise<Standing> {
    const [gen, clock] = await this.#run('parleyPartyChange', tenantId, known, token, state);
    return { gen: Number(gen), clock: Number(clock) };
  }

  async attest(tenantId: string, known: Known, token: TokenName, { need, said }: Signatures): Promise<Attested> {
    const told = said.flatMap(({ party, says }) => [party, says]);
    const [gen, clock, state, signed] = await this.#run('parleyPartyAttest', tenantId, known, token, need, ...told);
    return { gen: Number(gen), clock: Number(clock), state: state as Attested['state'], signed: Number(signed) };
  }

  async open(tenantId: string, known: Known, token: TokenName, uses: number): Promise<boolean> {
    const [, , opened] = await this.#run('parleyPartyOpen', tenantId, known, token, uses);
    return Number(opened) === 1;
  }

  async draw(tenantId: string, known: Known, token: TokenName): Promise<Standing & { readonly drawn: Draw }> {
    const [gen, clock, left] = await this.#run('parleyPartyDraw', tenantId, known, token);
    const drawn = Number(left) >= 0 ? Number(left) : Number(left) === -1 ? 'spent' : 'inactive';
    return { gen: Number(gen), clock: Number(clock), drawn };
  }

  async giveBack(tenantId: string, known: Known, token: TokenName): Promise<void> {
    await this.#run('parleyPartyGiveBack', tenantId, known, token);
  }

  async once(tenantId: string, name: string, ms: number): Promise<boolean> {
    return (await this.#redis.set(redisKeys.party(tenantId, `proof:${name}`), '1', 'PX', ms, 'NX')) === 'OK';
  }

  async left(tenantId: string, { jti }: TokenName): Promise<number> {
    return Number((await this.#redis.get(redisKeys.party(tenantId, `uses:${jti}`))) ?? 0);
  }

  #run(
    script: Script,
    tenantId: string,
    { gen, seen, readTo }: Known,
    token: TokenName,
    ...more: (string | number)[]
  ): Promise<(string | number)[]> {
    const keys = [...PARTS, `${script === 'parleyPartyAttest' ? 'signs' : 'uses'}:${token.jti}`].map((part) =>
      redisKeys.party(tenantId, part),
    );
    return this.#redis[script](...keys, gen, seen, readTo, token.jti, token.gen, token.endsAtMs, ...more);
  }
}
