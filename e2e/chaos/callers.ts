import { Agent, request } from 'node:http';
import { running } from '../src/running.ts';

/** One kind of call that callers make again and again. */
export interface CallKind {
  readonly path: string;
  readonly body: string | null;
}

/**
 * Callers that call without pause, each on a connection of its own, through whatever happens. Of every call that was answered
 * with success they keep the id; a call that got no whole answer is `broken`.
 */
export class Callers {
  /** Ids of calls whose whole answer came with a status below 300. */
  readonly answered: string[] = [];
  /** Whole answers by status. */
  readonly statuses: Record<number, number> = {};
  broken = 0;
  readonly #agent: Agent;
  readonly #kinds: readonly CallKind[];
  readonly #apiKey: string;
  readonly #callers: Promise<void>[];
  readonly #gateway = running().gatewayUrl;
  #turn = 0;
  #stopped = false;

  constructor(kinds: readonly CallKind[], apiKey: string, callers: number) {
    this.#kinds = kinds;
    this.#apiKey = apiKey;
    this.#agent = new Agent({ keepAlive: true, maxSockets: callers });
    this.#callers = Array.from({ length: callers }, () => this.#caller());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#callers);
    this.#agent.destroy();
  }

  async #caller(): Promise<void> {
    while (!this.#stopped) {
      const kind = this.#kinds[this.#turn++ % this.#kinds.length] as CallKind;
      const whole = await this.#call(kind);
      // A gateway that is not there refuses at once: no need to ask it ten thousand times a second.
      if (!whole) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #call({ path, body }: CallKind): Promise<boolean> {
    return new Promise((resolve) => {
      const headers: Record<string, string> = { authorization: `Bearer ${this.#apiKey}` };
      if (body !== null) headers['content-type'] = 'application/json';
      let over = false;
      const end = (whole: boolean): void => {
        if (over) return;
        over = true;
        if (!whole) this.broken++;
        resolve(whole);
      };
      const failed = (): void => end(false);
      const call = request(
        this.#gateway + path,
        { agent: this.#agent, method: body === null ? 'GET' : 'POST', headers, timeout: 60_000 },
        (response) => {
          response.resume();
          response.once('end', () => {
            if (!response.complete || over) return failed();
            const status = response.statusCode ?? 0;
            this.statuses[status] = (this.statuses[status] ?? 0) + 1;
            if (status < 300) this.answered.push(String(response.headers['x-request-id']));
            end(true);
          });
          response.once('error', failed);
        },
      );
      call.once('timeout', () => call.destroy());
      call.once('error', failed);
      call.end(body ?? undefined);
    });
  }
}
