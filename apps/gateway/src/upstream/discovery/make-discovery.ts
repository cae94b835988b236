import { isIP } from 'node:net';
import type { DiscoveryOptions } from '@parley/contracts/upstream-options';
import type { CompiledUpstream } from '../../snapshot/compiled.ts';
import type { AddressCheck } from '../addresses.ts';
import type { TargetPlace } from '../balance/target.ts';
import { Outbound } from '../outbound.ts';
import { consulRound } from './consul.ts';
import type { Found, Round, Source } from './discovery.ts';
import { dnsRound, dnsSrvRound } from './dns.ts';
import { kubernetesRound } from './kubernetes.ts';

const MAX_TARGETS = 1000;

export interface DiscoveryTools {
  readonly outbound: Outbound;
  readonly check: AddressCheck;
  /** Name servers to ask; the system's when empty. */
  readonly dnsServers: readonly string[];
}

/** How an upstream's targets are found, one round at a time. */
export function discoverySource(options: DiscoveryOptions, upstream: CompiledUpstream, tools: DiscoveryTools): Source {
  const base = new URL(upstream.origin);
  switch (options.kind) {
    case 'dns': {
      const port = Number(base.port) || (base.protocol === 'https:' ? 443 : 80);
      return holdingNothing(dnsRound(options, base.hostname, port, tools.dnsServers));
    }
    case 'dnsSrv':
      return holdingNothing(dnsSrvRound(options, tools.dnsServers));
    case 'consul':
      return holdingNothing(consulRound(options, upstream.discoveryToken, tools.outbound));
    case 'kubernetes': {
      const { caCertificate } = options;
      if (caCertificate === undefined)
        return holdingNothing(kubernetesRound(options, upstream.discoveryToken, tools.outbound));
      const outbound = new Outbound(tools.check, caCertificate);
      const round = kubernetesRound(options, upstream.discoveryToken, outbound);
      return { round, close: () => outbound.close() };
    }
  }
}

function holdingNothing(round: Round): Source {
  return { round, close() {} };
}

/**
 * What was found as targets: with the base URL's scheme, path and host name. Addresses the gateway may not call are left
 * out; when all are such, they stay, for the connector to say so.
 */
export function placesOf(found: readonly Found[], upstream: CompiledUpstream, check: AddressCheck): TargetPlace[] {
  const base = new URL(upstream.origin);
  const callable = found.filter(({ host }) => isIP(host) === 0 || check(host));
  const places = (callable.length > 0 ? callable : found).slice(0, MAX_TARGETS).flatMap((one): TargetPlace[] => {
    const text = `${base.protocol}//${isIP(one.host) === 6 ? `[${one.host}]` : one.host}:${one.port}`;
    if (!URL.canParse(text)) return [];
    const { origin } = new URL(text);
    return [{ origin, basePath: upstream.basePath, host: base.host, weight: one.weight, priority: one.priority }];
  });
  return [...new Map(places.map((place) => [place.origin, place])).values()];
}
