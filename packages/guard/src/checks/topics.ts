import type { GuardrailsPolicy } from '@parley/contracts/policies/guardrails';
import type { GuardPart } from '../part.ts';
import { planScan } from '../scan/plan.ts';
import { scanText } from '../scan/scanner.ts';
import type { GuardFinding } from '../verdict.ts';
import { phraseDetector } from '../words/phrases.ts';

type Topics = NonNullable<GuardrailsPolicy['topics']>;

/** Which topics a text shows, by their words and phrases alone. */
export type TopicReader = (text: string) => ReadonlySet<string>;

/** Makes the reader of a list of topics, once for a policy. */
export function compileTopics(topics: Topics['deny']): TopicReader {
  const detector = phraseDetector('topics', 'topic', topics);
  if (!detector) return () => new Set();
  const plan = planScan([detector]);
  return (text) => {
    const shown = new Set<string>();
    scanText(plan, text, ({ rule }) => {
      shown.add(rule.slice('topics.'.length));
      return undefined;
    });
    return shown;
  };
}

const READERS = new WeakMap<Topics, { readonly deny: TopicReader; readonly allow: TopicReader }>();

function readersOf(topics: Topics): { readonly deny: TopicReader; readonly allow: TopicReader } {
  const known = READERS.get(topics);
  if (known) return known;
  const made = { deny: compileTopics(topics.deny), allow: compileTopics(topics.allow) };
  READERS.set(topics, made);
  return made;
}

/** Denied topics in anything a caller wrote; and a last question that shows none of the allowed ones. */
export function topicFindings(policy: GuardrailsPolicy, parts: readonly GuardPart[]): Omit<GuardFinding, 'count'>[] {
  const { topics } = policy;
  if (!topics) return [];
  const { deny, allow } = readersOf(topics);
  const base = { check: 'topics', kind: 'topic', place: 'input', mode: topics.mode, score: 1 } as const;
  const asked = parts.filter(({ source }) => source === 'user');
  const denied = new Set(asked.flatMap(({ text }) => [...deny(text)]));
  const found = [...denied].map((topic) => ({
    ...base,
    rule: `deny.${topic}`,
    reason: `The topic ${topic}, by its words.`,
  }));
  const last = asked.at(-1);
  if (topics.allow.length > 0 && last && allow(last.text).size === 0) {
    return [
      ...found,
      { ...base, rule: 'allow.none', reason: 'None of the topics that may be asked about, by their words.' },
    ];
  }
  return found;
}
