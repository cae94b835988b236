import { Resolver } from 'node:dns/promises';
import type { DnsDiscovery, DnsSrvDiscovery } from '@parley/contracts/upstream-options';
import type { Round } from './discovery.ts';

/** Answers of a name server that mean “none of this type”, not “ask again”. */
const NONE = new Set(['ENODATA', 'ENOTFOUND']);

function resolverAt(servers: readonly string[]): Resolver {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  return resolver;
}

async function orNone<T>(records: Promise<T[]>): Promise<T[]> {
  try {
    return await records;
  } catch (error) {
    if (NONE.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** Every address (A and AAAA) of a name, at one port; asked again when the shortest time to live is over. */
export function dnsRound(options: DnsDiscovery, name: string, port: number, servers: readonly string[]): Round {
  const resolver = resolverAt(servers);
  return async (report) => {
    const [four, six] = await Promise.all([
      orNone(resolver.resolve4(name, { ttl: true })),
      orNone(resolver.resolve6(name, { ttl: true })),
    ]);
    const records = [...four, ...six];
    if (records.length === 0) throw new Error(`${name} has no address`);
    report(records.map(({ address }) => ({ host: address, port, weight: 1, priority: 0 })));
    const ttl = Math.min(options.refreshSeconds, ...records.map((record) => record.ttl));
    return Math.max(1, ttl) * 1000;
  };
}

/** The targets of an SRV record (RFC 2782) with ports, weights and priorities; `.` stands for none. */
export function dnsSrvRound(options: DnsSrvDiscovery, servers: readonly string[]): Round {
  const resolver = resolverAt(servers);
  return async (report) => {
    const records = await resolver.resolveSrv(options.name);
    const targets = records.filter(({ name }) => name !== '' && name !== '.');
    report(
      targets.map(({ name, port, weight, priority }) => ({
        host: name.replace(/\.$/, ''),
        port,
        weight: Math.max(1, weight),
        priority,
      })),
    );
    return options.refreshSeconds * 1000;
  };
}
