import type { Policies, PolicyKind } from '@parley/contracts/policies';
import { bodyLogSummary } from './body-log-summary.ts';
import { callersSummary } from './callers-summary.ts';
import { composeSummary } from './compose-summary.ts';
import { experimentSummary } from './experiment-summary.ts';
import { guardrailsSummary } from './guardrails-summary.ts';
import { limitInWords, shortInWords } from './limit-words.ts';
import { modelRoutingSummary } from './model-routing-summary.ts';
import { splitSummary } from './split-summary.ts';
import { transformSummary } from './transform-summary.ts';

type Summaries = { readonly [Kind in PolicyKind]: (policy: NonNullable<Policies[Kind]>) => string };

const PRIORITIES = {
  sheddable: 'While a gateway node is overloaded, these calls are refused first.',
  normal: 'While a gateway node is overloaded, these calls are refused after the sheddable ones.',
  critical: 'These calls go on while a gateway node is overloaded.',
} as const;

const SENDERS = {
  standard: 'Standard Webhooks',
  github: 'GitHub',
  stripe: 'Stripe',
  slack: 'Slack',
  hmac: 'HMAC',
} as const;

const AGAIN_TO = { application: 'the same application', user: 'the same end user', everyone: 'everybody' } as const;

/** One plain sentence for each policy, as people read it in the portal, in diffs and in the dry run. */
const SUMMARIES: Summaries = {
  callers: callersSummary,
  ipAccess: ({ allow, deny }) =>
    [
      allow.length > 0 ? `Only ${addresses(allow)} may call.` : 'Every address may call.',
      deny.length > 0 ? `${capital(addresses(deny))} may not.` : '',
    ]
      .filter(Boolean)
      .join(' '),
  priority: ({ class: name }) => PRIORITIES[name],
  limits: (policy) =>
    [
      ...policy.rules.map((rule) => `At most ${limitInWords(rule)}${rule.shadow ? ' (only watched)' : ''}.`),
      shortInWords(policy),
    ]
      .filter(Boolean)
      .join(' '),
  cache: (policy) =>
    [
      policy.defaultTtlSeconds > 0
        ? `Answers are kept for ${duration(policy.defaultTtlSeconds)} unless they say otherwise`
        : 'Answers are kept for as long as they say themselves',
      policy.shared ? ', one for all subscribers.' : ', for each application by itself.',
      policy.staleIfErrorSeconds > 0
        ? ` When the upstream fails, outdated ones are given for ${duration(policy.staleIfErrorSeconds)}.`
        : '',
    ].join(''),
  idempotency: ({ required, ttlSeconds }) =>
    `POST and PATCH calls ${required ? 'must carry an Idempotency-Key' : 'may carry an Idempotency-Key'}; ` +
    `repeats get the first answer for ${duration(ttlSeconds)}.`,
  inbound: ({ sender, application, dedupeSeconds }) =>
    `Only calls signed by ${SENDERS[sender.scheme]} are taken, on the subscription of ${application}` +
    (dedupeSeconds > 0 ? `; each delivery once within ${duration(dedupeSeconds)}.` : '.'),
  guardrails: guardrailsSummary,
  split: splitSummary,
  deliver: ({ to, retryAfterSeconds: pauses }) =>
    [
      'POST, PUT, PATCH and DELETE calls are accepted with 202 and delivered later',
      to.length > 0 ? ` to ${to.join(', ')}` : '',
      pauses.length === 0
        ? ', in one try.'
        : `, in up to ${pauses.length + 1} tries over ${roughly(pauses.reduce((sum, pause) => sum + pause, 0))}.`,
    ].join(''),
  webSocket: ({ maxMessageBytes, idleSeconds, maxSeconds, connectionsPerApplication, countMessages }) =>
    [
      `WebSockets with messages of at most ${maxMessageBytes.toLocaleString('en')} bytes`,
      `, for ${duration(maxSeconds)} at most and ${duration(idleSeconds)} without a message.`,
      connectionsPerApplication
        ? ` An application may have ${counted(connectionsPerApplication, 'connection')} open.`
        : '',
      countMessages ? ' Each message of the caller counts as a call.' : '',
    ].join(''),
  grpc: ({ method }) =>
    method
      ? `Calls become calls of the gRPC method ${method}.`
      : 'Calls become calls of the gRPC method that names the route.',
  graphql: ({ operationName, result }) =>
    `Calls become ${operationName ? `the GraphQL operation “${operationName}”` : 'a GraphQL operation'}; ` +
    (result ? `the answer is what ${result} of its data holds.` : 'the answer is its data.'),
  transform: transformSummary,
  compose: composeSummary,
  soap: ({ operation, result }) =>
    `Calls become ${operation ? `the SOAP operation “${operation}”` : 'a SOAP operation'}; ` +
    (result ? `the answer is what ${result} of its output holds, as JSON.` : 'the answer is its output as JSON.'),
  modelRouting: modelRoutingSummary,
  modelCache: ({ ttlSeconds, scope, price, semantic }) =>
    `Answers are given again for ${duration(ttlSeconds)} to ${AGAIN_TO[scope]} asking the same` +
    (price === 'free' ? ', free of charge.' : ', at the model’s price.') +
    (semantic === undefined
      ? ''
      : semantic.mode === 'serve'
        ? ' Also to the same question in other words.'
        : ' The same question in other words is on trial: recorded, and not answered.'),
  background: ({ allow, maxWaiting, maxRunning, keepHours }) =>
    allow
      ? `Calls are answered later on request: ${maxRunning} at once and ${counted(maxWaiting, 'waiting call')} for each application, ` +
        `results kept for ${counted(keepHours, 'hour')}.`
      : 'No call is answered later.',
  batches: ({ allow, maxLines, concurrency, keepDays }) =>
    allow
      ? `Batches of up to ${counted(maxLines, 'call')}, ${concurrency} at once, kept for ${counted(keepDays, 'day')}.`
      : 'No batches are taken.',
  resumableStreams: ({ when, graceSeconds, keepMinutes }) =>
    when === 'never'
      ? 'No stream can be taken up again.'
      : `${when === 'always' ? 'Every stream' : 'A stream whose caller asks for it'} can be taken up again for ` +
        `${counted(keepMinutes, 'minute')}; the model goes on for ${duration(graceSeconds)} while nobody reads.`,
  bodyLog: bodyLogSummary,
  knowledge: ({ collections, passages, onFailure }) =>
    `Up to ${counted(passages, 'passage')} of ${collections.join(', ')} ${passages === 1 ? 'goes' : 'go'} into each call; ` +
    `${onFailure === 'refuse' ? 'without a search it is refused' : 'without a search it goes on'}.`,
  promptLabels: ({ allow }) => `Callers may ask for the prompt’s ${allow.join(', ')} by a header.`,
  experiment: experimentSummary,
  brownOuts: ({ windows, schedule }) => {
    const parts = [
      windows.length > 0 ? `in ${counted(windows.length, 'window')}` : '',
      schedule.length > 0 ? `by a schedule of ${counted(schedule.length, 'step')}` : '',
    ];
    return `Once the version is deprecated, calls are refused ${parts.filter(Boolean).join(' and ')}.`;
  },
  contract: ({ mode, responses }) =>
    [
      mode === 'enforce'
        ? 'Calls that do not fit the OpenAPI document are refused.'
        : 'Calls that do not fit the OpenAPI document are reported.',
      responses === 'off'
        ? ''
        : responses === 'enforce'
          ? 'Answers that do not fit are held back.'
          : 'Answers are checked and reported.',
    ]
      .filter(Boolean)
      .join(' '),
  shield: ({ mode, threshold, paranoia, excludedRules }) =>
    [
      mode === 'block' ? 'Requests that look like attacks are blocked' : 'Requests that look like attacks are reported',
      ` (score ${threshold}, paranoia ${paranoia}`,
      excludedRules.length > 0 ? `, without ${excludedRules.length} rules).` : ').',
    ].join(''),
};

/** What a policy does, in a sentence. */
export function summaryOf<Kind extends PolicyKind>(kind: Kind, policy: NonNullable<Policies[Kind]>): string {
  return SUMMARIES[kind](policy);
}

function addresses(list: readonly string[]): string {
  return list.length <= 3 ? list.join(', ') : `${list.slice(0, 2).join(', ')} and ${list.length - 2} more ranges`;
}

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

function duration(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  const count = seconds / size;
  return count === 1 ? `1 ${name}` : `${count} ${name}s`;
}

/** In the largest unit of which there is at least one. */
function roughly(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds >= unit) ?? [1, 'second'];
  const count = Math.round(seconds / size);
  return count === 1 ? `1 ${name}` : `${count} ${name}s`;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `one ${noun}` : `${count} ${noun}s`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
