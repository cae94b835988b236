import { createServer } from 'node:net';
import { z } from 'zod';
import type { DataFolder } from './data-folder.ts';
import { StartError } from './start-error.ts';

/** Every port of a start: where the search begins, and the variable that fixes it. */
const PORTS = {
  portal: { first: 3000, variable: 'PORTAL_PORT' },
  gateway: { first: 8080, variable: 'GATEWAY_PORT' },
  simulator: { first: 8081, variable: 'SIMULATOR_PORT' },
  stripeSimulator: { first: 8083, variable: 'STRIPE_SIMULATOR_PORT' },
  sample: { first: 8082, variable: 'SAMPLE_PORT' },
  mailbox: { first: 8025, variable: 'MAILBOX_PORT' },
  smtp: { first: 8026, variable: null },
  workerHealth: { first: 8090, variable: null },
  postgres: { first: 25_432, variable: null },
  redis: { first: 26_379, variable: null },
} as const;

export type PortName = keyof typeof PORTS;
export type Ports = Record<PortName, number>;

const FILE = 'ports.json';
const keptSchema = z.partialRecord(z.enum(Object.keys(PORTS) as [PortName, ...PortName[]]), z.number().int());

/**
 * Decides every port: asked for → that one or a refusal; else the one kept from the last start; else the default; else
 * the next free one. `scattered` begins at ports the system proposes, so that a second product finds its own at once.
 */
export async function choosePorts(
  folder: DataFolder,
  asked: Readonly<Partial<Record<PortName, number | null>>>,
  scattered = false,
): Promise<Ports> {
  const kept = folder.read(FILE, keptSchema) ?? {};
  const chosen = {} as Ports;
  const taken = new Set<number>();
  const names = Object.keys(PORTS) as PortName[];
  for (const name of [...names.filter((each) => asked[each]), ...names.filter((each) => !asked[each])]) {
    const wanted = asked[name];
    if (wanted) {
      const refusal = taken.has(wanted) ? 'EADDRINUSE' : await listenError(wanted);
      if (refusal) throw new StartError(refusalSentence(name, wanted, refusal));
      chosen[name] = wanted;
    } else {
      const first = kept[name] ?? (scattered ? await anyFreePort() : PORTS[name].first);
      chosen[name] = await nextFree(first, taken);
    }
    taken.add(chosen[name]);
  }
  folder.write(FILE, chosen);
  return chosen;
}

/** The port a start uses when nothing is in its way. */
export function defaultPort(name: PortName): number {
  return PORTS[name].first;
}

/** True when a server could listen on this port on every address of the machine. */
export async function isFree(port: number): Promise<boolean> {
  return (await listenError(port)) === null;
}

/** A port nobody uses, proposed by the system. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function nextFree(first: number, taken: ReadonlySet<number>): Promise<number> {
  for (let port = first; port < Math.min(first + 200, 65_536); port++) {
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new StartError(`No free port between ${first} and ${first + 199}: free one and start again.`);
}

/** Why no server can listen on this port (`EADDRINUSE`, `EACCES`), or `null` when one can. */
async function listenError(port: number): Promise<string | null> {
  return (await tryListen(port, '0.0.0.0')) ?? (await tryListen(port, '::'));
}

function tryListen(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const noSuchFamily = error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT';
      resolve(noSuchFamily ? null : (error.code ?? error.message));
    });
    server.listen({ port, host, ipv6Only: host === '::', exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function refusalSentence(name: PortName, port: number, code: string): string {
  const variable = PORTS[name].variable;
  const remedy = variable ? `set ${variable} to another port or leave it unset` : 'ask for another port';
  return code === 'EADDRINUSE'
    ? `Port ${port}, asked for as the ${name} port, is used by another program: stop that program, or ${remedy}.`
    : `Port ${port}, asked for as the ${name} port, cannot be opened by this user (${code}): ${remedy}.`;
}
