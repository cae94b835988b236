import type { UpstreamOptions } from '@parley/contracts/upstream-options';
import type { OptionName } from './option-words.ts';

type Summaries = { readonly [Name in OptionName]: (option: Exclude<UpstreamOptions[Name], undefined>) => string };

type BalanceKind = NonNullable<UpstreamOptions['balance']>['kind'];

const BALANCE: Readonly<Record<Exclude<BalanceKind, 'hash'>, string>> = {
  roundRobin: 'Calls go to the targets in turn, by their weight.',
  leastConnections: 'A call goes to the target with the fewest running ones.',
  latency: 'A call goes to the quicker of two targets taken at random.',
  sticky: 'A cookie keeps a caller at its target.',
};

const HASHED = {
  clientAddress: 'address',
  application: 'application',
  header: 'header',
  pathParameter: 'path parameter',
} as const;

const SUMMARIES: Summaries = {
  targets: (targets) =>
    targets.length === 0
      ? 'No further target.'
      : `Calls are spread over the base URL and ${counted(targets.length, 'target')}.`,
  baseWeight: (weight) =>
    weight === 0 ? 'The base URL itself gets no calls.' : `The base URL counts ${weight} among the weights.`,
  discovery: (found) => {
    switch (found.kind) {
      case 'dns':
        return 'The targets are all addresses of the base URL’s host name.';
      case 'dnsSrv':
        return `The targets are those of the SRV record ${found.name}.`;
      case 'consul':
        return `The targets are the passing instances of ${found.service} in Consul.`;
      case 'kubernetes':
        return `The targets are the ready endpoints of ${found.namespace}/${found.service} in Kubernetes.`;
    }
  },
  balance: (balance) =>
    balance.kind === 'hash'
      ? `Calls with the same ${HASHED[balance.on]}${balance.name ? ` ${balance.name}` : ''} go to the same target.`
      : BALANCE[balance.kind],
  passiveHealth: (health) =>
    health === null
      ? 'Targets whose calls fail are not left out.'
      : `After ${counted(health.consecutiveFailures, 'failed call')} in a row a target is left out for ` +
        `${health.ejectSeconds} s, longer each time, up to ${health.maxEjectSeconds} s; never more than ` +
        `${health.maxEjectedPercent} % of the targets at once.`,
  activeHealth: ({ path, intervalSeconds, unhealthyAfter }) =>
    `Every target is asked GET ${path} every ${intervalSeconds} s, and left out after ${counted(unhealthyAfter, 'bad answer')}.`,
  retries: ({ attempts, statuses, budgetPercent }) =>
    attempts === 1
      ? 'Calls are not sent again.'
      : `A call is tried up to ${attempts} times after a failed connection, a time-out` +
        `${statuses.length > 0 ? ` or ${statuses.join(', ')}` : ''}; retries are at most ${budgetPercent} % of the calls.`,
  breaker: ({ errorPercent, minCalls, windowSeconds, openSeconds }) =>
    `When ${errorPercent} % of at least ${minCalls} calls within ${windowSeconds} s fail, none is sent for ${openSeconds} s.`,
  http2: (on) => (on ? 'The targets are called over HTTP/2.' : 'The targets are called over HTTP/1.1.'),
  fallback: ({ status, onStatuses }) =>
    `Without an answer${onStatuses.length > 0 ? `, or with ${onStatuses.join(', ')}` : ''}, callers get ${status}.`,
  timeouts: ({ firstByteMs, idleMs }) =>
    [
      firstByteMs === undefined ? '' : `The first byte must come within ${firstByteMs} ms.`,
      idleMs === undefined ? '' : `Silence within an answer ends it after ${idleMs} ms.`,
    ]
      .filter(Boolean)
      .join(' ') || 'No further time-out.',
};

/** What an option of an upstream does, in a sentence. */
export function optionSummary<Name extends OptionName>(
  name: Name,
  option: Exclude<UpstreamOptions[Name], undefined>,
): string {
  return SUMMARIES[name](option);
}

/** Everything an upstream's options do, a sentence each; empty for one plain target. */
export function optionSentences(options: UpstreamOptions): string[] {
  return (Object.keys(SUMMARIES) as OptionName[]).flatMap((name) => {
    const option = options[name];
    return option === undefined ? [] : [optionSummary(name, option as never)];
  });
}

function counted(count: number, noun: string): string {
  return count === 1 ? `one ${noun}` : `${count} ${noun}s`;
}
