import { brownOutAt } from '@parley/domain/policies/brown-out';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import type { EndpointSource, Stage } from '../stage.ts';

/** Retry-After never says more than a day: the version may be restored meanwhile. */
const MAX_RETRY_SECONDS = 86_400;

function pageOf(exchange: Exchange, ports: Ports, slug: string): string {
  return `${ports.portalUrl}/catalogue/${exchange.tenant?.slug ?? ''}/${slug}`;
}

/** Refuses a share of the calls to a deprecated version at the times its policy says; `null` for any other version. */
export function brownOuts({ policies, version, api }: EndpointSource): Stage | null {
  const policy = policies.brownOuts;
  if (!policy || version.state !== 'deprecated') return null;
  const when = brownOutAt(policy);
  return (exchange, ports) => {
    const nowMs = ports.clock.nowMs();
    const { percent, untilMs } = when(nowMs);
    if (percent === 0 || (percent < 100 && Math.random() * 100 >= percent)) return null;
    const page = policy.link ?? pageOf(exchange, ports, api.slug);
    return refusal('version_brown_out', {
      // RFC 9745 §3: where to read about the deprecation.
      link: `<${page}>; rel="deprecation"; type="text/html"`,
      ...(untilMs === null
        ? {}
        : { retryAfterSeconds: Math.min(MAX_RETRY_SECONDS, Math.ceil((untilMs - nowMs) / 1000)) }),
    });
  };
}
