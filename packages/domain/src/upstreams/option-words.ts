import type { UpstreamOptions } from '@parley/contracts/upstream-options';

export type OptionName = keyof UpstreamOptions;

export interface OptionWords {
  readonly title: string;
  /** What it is for, in one short sentence. */
  readonly purpose: string;
}

/** What each option of an upstream is called and what it is for. */
export const OPTION_WORDS: Readonly<Record<OptionName, OptionWords>> = {
  targets: { title: 'Targets', purpose: 'Name further addresses that calls are spread over.' },
  baseWeight: { title: 'Share of the base URL', purpose: 'Say how much the base URL itself gets beside the targets.' },
  discovery: { title: 'Discovery', purpose: 'Find the targets by DNS, Consul or Kubernetes instead of naming them.' },
  balance: { title: 'Balancing', purpose: 'Say how calls are spread over the targets.' },
  passiveHealth: { title: 'Passive health', purpose: 'Leave out targets whose calls fail, and try them again later.' },
  activeHealth: { title: 'Active health', purpose: 'Ask every target at intervals whether it is well.' },
  retries: { title: 'Retries', purpose: 'Send calls again that failed, where that is safe.' },
  breaker: { title: 'Breaker', purpose: 'Stop calling for a while when too many calls fail.' },
  fallback: { title: 'Fallback', purpose: 'Answer callers when the upstream gives no answer.' },
  http2: { title: 'HTTP/2', purpose: 'Carry many calls at once on one connection to a target.' },
  timeouts: { title: 'More time-outs', purpose: 'Bound the wait for the first byte, and silence within an answer.' },
};

/** The headings under which people read options, in order. */
export const OPTION_GROUPS: readonly { readonly title: string; readonly options: readonly OptionName[] }[] = [
  { title: 'Where calls go', options: ['targets', 'baseWeight', 'discovery', 'balance', 'http2'] },
  { title: 'Which targets are well', options: ['passiveHealth', 'activeHealth'] },
  { title: 'What happens when calls fail', options: ['retries', 'breaker', 'fallback', 'timeouts'] },
];
