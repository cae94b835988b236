import type { GuardPlace } from '@parley/contracts/policies/guardrails';
import type { GuardFinding } from '../verdict.ts';

/** Asks a moderation endpoint, or a model that judges: a score of 0 to 1 for each category it knows. */
export interface Moderator {
  moderate(text: string, signal: AbortSignal): Promise<Readonly<Record<string, number>>>;
}

/** When a moderator's scores count, and what follows. */
export interface ModerationSettings {
  readonly mode: 'observe' | 'block';
  /** Score of a category from which it counts. */
  readonly threshold: number;
  readonly onFailure: 'block' | 'open';
}

/** Asks a model whether a text is what a question describes; used for topics and injection where words do not do. */
export interface Judge {
  judge(question: string, text: string, signal: AbortSignal): Promise<{ readonly score: number }>;
}

/**
 * What a moderator finds in a text. An error or a time-out is a finding as well, which blocks unless the settings say
 * `open`. Nothing of the text, and nothing the moderator wrote, is in a finding.
 */
export async function moderate(
  settings: ModerationSettings,
  place: GuardPlace,
  text: string,
  port: { readonly moderator: Moderator; readonly signal: AbortSignal },
): Promise<Omit<GuardFinding, 'count'>[]> {
  if (text.trim() === '') return [];
  try {
    const scores = await port.moderator.moderate(text, port.signal);
    return Object.entries(scores)
      .filter(([, score]) => !(score < settings.threshold))
      .map(([category, score]) => ({
        check: 'moderation',
        rule: category.slice(0, 40).replace(/[^\w/-]/g, '_'),
        kind: 'moderation',
        place,
        mode: settings.mode,
        score: Number.isFinite(score) ? Math.min(1, score) : 1,
        reason: 'The moderation model scores it above the threshold.',
      }));
  } catch {
    const mode = settings.onFailure === 'block' ? 'block' : 'observe';
    const reason = 'The moderation model could not be asked.';
    return [{ check: 'failure', rule: 'moderation', kind: 'failure', place, mode, score: 1, reason }];
  }
}

/** What a judge says of a text: a finding where its score reaches `threshold`, or where it could not be asked. */
export async function judged(
  question: {
    readonly text: string;
    readonly rule: string;
    readonly threshold: number;
    readonly mode: 'observe' | 'block';
  },
  subject: { readonly text: string; readonly place: GuardPlace; readonly onFailure: 'block' | 'open' },
  port: { readonly judge: Judge; readonly signal: AbortSignal },
): Promise<Omit<GuardFinding, 'count'> | undefined> {
  const { place } = subject;
  try {
    const { score } = await port.judge.judge(question.text, subject.text, port.signal);
    if (score < question.threshold) return undefined;
    const reason = 'The judging model scores it above the threshold.';
    return {
      check: 'judge',
      rule: question.rule,
      kind: 'judge',
      place,
      mode: question.mode,
      score: Math.min(1, score),
      reason,
    };
  } catch {
    const mode = subject.onFailure === 'block' ? 'block' : 'observe';
    const reason = 'The judging model could not be asked.';
    return { check: 'failure', rule: question.rule, kind: 'failure', place, mode, score: 1, reason };
  }
}
