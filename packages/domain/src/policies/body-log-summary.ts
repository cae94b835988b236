import type { BodyLogPolicy } from '@parley/contracts/policies/body-log';

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

/** Which calls' bodies are kept, how long, and what is struck out of them. */
export function bodyLogSummary(policy: BodyLogPolicy): string {
  const { sample, onErrors, request, response, redact, keepForHours, consumerSees } = policy;
  const what = request && response ? 'Questions and answers' : request ? 'Questions' : 'Answers';
  const which = [sample > 0 ? `${percent(sample)} of calls` : '', onErrors ? 'every failed call' : ''];
  const struck = redact.length === 0 ? 'with nothing struck out' : `with ${redact.length} kinds of data struck out`;
  return [
    `${what} of ${which.filter(Boolean).join(' and ')} are kept for ${keepForHours} h, ${struck}.`,
    consumerSees ? ' Consumers may read their own.' : '',
  ].join('');
}
