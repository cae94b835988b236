import type { BodyMapping, HeaderChanges } from '@parley/contracts/policies/mapping';
import type { TransformPolicy } from '@parley/contracts/policies/transform';

function bodyWords({ map, from, to }: BodyMapping): string {
  const formats = from === to ? '' : `${from.toUpperCase()} becomes ${to.toUpperCase()}`;
  return [formats, map.trim() === '' ? '' : 'the body is mapped'].filter(Boolean).join(' and ');
}

function headerWords({ set, append, remove, rename }: HeaderChanges): string {
  const names = new Set([...Object.keys(set), ...Object.keys(append), ...remove, ...Object.keys(rename)]);
  if (names.size === 0) return '';
  return names.size === 1 ? `the header ${[...names].join()} changes` : `${names.size} headers change`;
}

const joined = (parts: readonly string[]): string => parts.filter(Boolean).join(', ');

/** What is changed on the way to the upstream, and on the way back. */
export function transformSummary({ request, responses }: TransformPolicy): string {
  const { headers, query, body } = request ?? {};
  const there = joined([
    headers ? headerWords(headers) : '',
    query ? 'the query changes' : '',
    body ? bodyWords(body) : '',
  ]);
  const rules = responses.map((rule) => {
    const answers = rule.statuses.length === 0 ? 'all others' : rule.statuses.join(' and ');
    const what = joined([
      rule.status === undefined ? '' : `status ${rule.status}`,
      rule.headers ? headerWords(rule.headers) : '',
      rule.body ? bodyWords(rule.body) : '',
    ]);
    return `${answers}: ${what || 'nothing changes'}`;
  });
  return [
    there === '' ? '' : `To the upstream: ${there}.`,
    rules.length === 0 ? '' : `Of answers, ${rules.slice(0, 3).join('; ')}${rules.length > 3 ? '; and so on' : ''}.`,
  ]
    .filter(Boolean)
    .join(' ');
}
