import { running } from './running.ts';

/** How one call ended. `code` is the gateway's own word for a refusal. */
interface Ended {
  readonly status: number;
  readonly code: string | null;
  readonly requestId: string;
}

interface Order extends Ended {
  readonly orderId: string | null;
}

/**
 * Clients that call without pause but the given one, through whatever happens: most look up parts, each fourth places an
 * order, twice with one `Idempotency-Key`. Notes how every call ended; one that got no answer at all is `broken`.
 */
export class Load {
  readonly ended: Ended[] = [];
  /** Ids of the orders that were confirmed, by the key they were placed with. */
  readonly orders = new Map<string, Set<string>>();
  broken = 0;
  pauseMs = 20;
  readonly #base: string;
  readonly #apiKey: string;
  readonly #mark: string;
  readonly #clients: Promise<void>[];
  #turn = 0;
  #stopped = false;

  constructor(base: string, apiKey: string, clients: number) {
    this.#base = base;
    this.#apiKey = apiKey;
    this.#mark = `${process.pid}-${Date.now()}`;
    this.#clients = Array.from({ length: clients }, () => this.#client());
  }

  /** Calls answered with success so far. */
  get served(): number {
    return this.ended.reduce((count, { status }) => count + (status < 300 ? 1 : 0), 0);
  }

  /** Calls of each kind of end, since a mark in `ended`. */
  kindsSince(mark: number): Record<string, number> {
    const kinds: Record<string, number> = {};
    for (const { status, code } of this.ended.slice(mark)) {
      const kind = code === null ? String(status) : `${status} ${code}`;
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    return kinds;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async #client(): Promise<void> {
    while (!this.#stopped) {
      const turn = ++this.#turn;
      if (turn % 4 === 0) {
        const key = `${this.#mark}-${turn}`;
        await this.#order(key);
        await this.#order(key);
      } else this.#note(await this.#call(`/parts/AP-${1001 + (turn % 60)}`));
      if (this.pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    }
  }

  async #order(key: string): Promise<void> {
    const order = await this.#call('/orders', key);
    this.#note(order);
    if (order === null || order.orderId === null) return;
    const known = this.orders.get(key);
    if (known) known.add(order.orderId);
    else this.orders.set(key, new Set([order.orderId]));
  }

  #note(ended: Ended | null): void {
    if (ended === null) this.broken += 1;
    else this.ended.push({ status: ended.status, code: ended.code, requestId: ended.requestId });
  }

  async #call(path: string, idempotencyKey?: string): Promise<Order | null> {
    try {
      const response = await fetch(`${running().gatewayUrl}${this.#base}${path}`, {
        headers: {
          authorization: `Bearer ${this.#apiKey}`,
          'content-type': 'application/json',
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(idempotencyKey === undefined
          ? {}
          : { method: 'POST', body: JSON.stringify({ lines: [{ partId: 'AP-1002', quantity: 1 }] }) }),
      });
      const body = (await response.json()) as { code?: string; id?: string };
      const placed = idempotencyKey !== undefined && response.ok;
      return {
        status: response.status,
        code: response.ok ? null : (body.code ?? 'of the upstream'),
        requestId: response.headers.get('x-request-id') ?? '',
        orderId: placed ? (body.id ?? null) : null,
      };
    } catch {
      return null;
    }
  }
}
