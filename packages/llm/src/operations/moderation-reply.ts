import { membersOf } from './reply-members.ts';

/** What a moderation model found in each text: the members of its result. */
export interface ModerationReply {
  readonly flagged: boolean;
  /** 0 to 1, by category. */
  readonly scores: Readonly<Record<string, number>>;
}

/** The results of an answer, in the order of their texts; `null` unless there are `count`. */
export function moderationReply(text: string, count: number): ModerationReply[] | null {
  const results = membersOf(text, 'results');
  if (results?.length !== count) return null;
  return results.map(({ flagged, category_scores: given }) => {
    const scores = typeof given === 'object' && given !== null ? Object.entries(given) : [];
    return {
      flagged: flagged === true,
      scores: Object.fromEntries(scores.filter(([, score]) => Number.isFinite(score))),
    };
  });
}

/** Scores by category for each text; one that is only called flagged has the score 1 under that name. */
export function moderationScores(text: string, count: number): Readonly<Record<string, number>>[] | null {
  const replies = moderationReply(text, count);
  return (
    replies?.map(({ flagged, scores }) => (flagged && Object.keys(scores).length === 0 ? { flagged: 1 } : scores)) ??
    null
  );
}
