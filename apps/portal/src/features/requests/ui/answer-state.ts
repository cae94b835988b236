import { isId } from '@parley/kernel/id';
import { useUrlState } from '@parley/ui/url-state';
import { useMemo } from 'react';
import type { RouterInputs } from '@/trpc/root.ts';

type Asked = RouterInputs['requests']['list'];

/** Why models end, as gateways record it; other words come by the link of a call. */
export const FINISH_WORDS: Readonly<Record<string, string>> = {
  stop: 'Ended by itself',
  length: 'Cut at its length limit',
  tool_calls: 'Asked for a tool',
  content_filter: 'Stopped by a filter',
};
export const GUARD_WORDS: Readonly<Record<NonNullable<Asked['guard']>, string>> = {
  any: 'Guardrails found something',
  block: 'Stopped by guardrails',
  mask: 'Masked by guardrails',
  pass: 'Only noted by guardrails',
};
export const CACHE_WORDS: Readonly<Record<NonNullable<Asked['cache']>, string>> = {
  any: 'Any kept answer',
  hit: 'Kept, still fresh',
  stale: 'Kept, outdated',
  revalidated: 'Kept, confirmed',
  collapsed: 'Shared with an equal call',
  replayed: 'Repeated by idempotency key',
  semantic: 'Kept answer, same meaning',
};
/** Milliseconds. */
export const SLOW_WORDS: Readonly<Record<string, string>> = {
  '1000': 'Slower than 1 s',
  '5000': 'Slower than 5 s',
  '30000': 'Slower than 30 s',
};

/** Filters on how a call was answered, kept in the URL. */
export function useAnswerFilter() {
  const [finish, setFinish] = useUrlState('finish', '');
  const [guard, setGuard] = useUrlState('guard', '');
  const [cache, setCache] = useUrlState('cache', '');
  const [slow, setSlow] = useUrlState('slow', '');
  const [session, setSession] = useUrlState('session', '');
  const [user, setUser] = useUrlState('user', '');
  const [party, setParty] = useUrlState('party', '');
  const [partyToken, setPartyToken] = useUrlState('party-token', '');
  const [tag, setTag] = useUrlState('tag', '');
  const filter = useMemo(
    () => ({
      ...(finish ? { finishReason: finish.slice(0, 40) } : {}),
      ...(isKey(GUARD_WORDS, guard) ? { guard } : {}),
      ...(isKey(CACHE_WORDS, cache) ? { cache } : {}),
      ...(isKey(SLOW_WORDS, slow) ? { slowerThanMs: Number(slow) } : {}),
      ...(session ? { sessionId: session.slice(0, 128) } : {}),
      ...(user ? { endUser: user.slice(0, 256) } : {}),
      ...(party ? { party: party.slice(0, 64) } : {}),
      ...(isId(partyToken) ? { partyToken } : {}),
      ...(tag.trim() ? { tag: tag.trim().slice(0, 105) } : {}),
    }),
    [finish, guard, cache, slow, session, user, party, partyToken, tag],
  );
  return {
    finish,
    setFinish,
    guard,
    setGuard,
    cache,
    setCache,
    slow,
    setSlow,
    session,
    setSession,
    user,
    setUser,
    party,
    setParty,
    partyToken,
    setPartyToken,
    tag,
    setTag,
    filter,
    clear(): void {
      for (const set of [setFinish, setGuard, setCache, setSlow, setSession, setUser]) set('');
      for (const set of [setParty, setPartyToken, setTag]) set('');
    },
  };
}

export type AnswerState = ReturnType<typeof useAnswerFilter>;

function isKey<Key extends string>(words: Readonly<Record<Key, string>>, text: string): text is Key {
  return Object.hasOwn(words, text);
}
