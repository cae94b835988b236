import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the proxy does to connections; changes take effect at once. */
export interface ProxyFaults {
  /** Delay of every piece towards the client, in milliseconds. */
  latencyMs: number;
  /** New connections are reset. */
  refuse: boolean;
  /** Bytes towards the client after which a connection is broken off, or null. */
  cutAfterBytes: number | null;
  /** Bytes towards the client after which nothing more passes, the connection left open; or null. */
  stallAfterBytes: number | null;
}

export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  readonly faults: ProxyFaults;
  /** Connections open now. */
  readonly open: number;
  /** Lets nothing pass in either direction until `resume`. */
  pause(): void;
  resume(): void;
  /** Resets every open connection (TCP RST). */
  reset(): void;
  close(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly target: Socket;
}

/** A TCP proxy in front of `host:port` that can delay, reset, cut, stall and pause, for tests of what happens then. */
export async function startFaultProxy(target: { host?: string; port: number }): Promise<FaultProxy> {
  const faults: ProxyFaults = { latencyMs: 0, refuse: false, cutAfterBytes: null, stallAfterBytes: null };
  const links = new Set<Link>();
  let paused = false;

  function breakLink(link: Link): void {
    link.client.resetAndDestroy();
    link.target.destroy();
    links.delete(link);
  }

  /** Passes pieces on in order, each the latency after it came, none after the limit. */
  function passToClient({ client, target: from }: Link): void {
    let sent = 0;
    let line = Promise.resolve();
    async function pass(piece: Buffer, dueMs: number): Promise<void> {
      const earlyMs = dueMs - performance.now();
      if (earlyMs > 0) await delay(earlyMs);
      const limit = faults.cutAfterBytes ?? faults.stallAfterBytes ?? Number.POSITIVE_INFINITY;
      const kept = piece.subarray(0, Math.max(0, limit - sent));
      sent += kept.length;
      if (kept.length > 0 && client.writable) client.write(kept);
      if (faults.cutAfterBytes !== null && sent >= faults.cutAfterBytes) client.destroySoon();
    }
    from.on('data', (piece) => {
      const dueMs = performance.now() + faults.latencyMs;
      line = line.then(() => pass(piece, dueMs));
    });
    from.on('end', () => {
      line = line.then(() => {
        if (sent < (faults.stallAfterBytes ?? Number.POSITIVE_INFINITY)) client.end();
      });
    });
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (faults.refuse) {
      client.resetAndDestroy();
      return;
    }
    const link: Link = {
      client,
      target: connect({ host: target.host ?? '127.0.0.1', port: target.port, allowHalfOpen: true }),
    };
    links.add(link);
    client.pipe(link.target);
    passToClient(link);
    for (const socket of [client, link.target]) {
      socket.on('error', () => breakLink(link));
    }
    client.on('close', () => {
      link.target.destroy();
      links.delete(link);
    });
    if (paused) for (const socket of [client, link.target]) socket.pause();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    faults,
    get open() {
      return links.size;
    },
    pause() {
      paused = true;
      for (const link of links) {
        link.client.pause();
        link.target.pause();
      }
    },
    resume() {
      paused = false;
      for (const link of links) {
        link.client.resume();
        link.target.resume();
      }
    },
    reset() {
      for (const link of links) breakLink(link);
    },
    async close() {
      for (const link of links) breakLink(link);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
