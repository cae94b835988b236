import { Select } from '@parley/ui/field';
import { FilterChip } from '@parley/ui/filter-chip';
import { type AnswerState, CACHE_WORDS, FINISH_WORDS, GUARD_WORDS, SLOW_WORDS } from './answer-state.ts';

/** What narrows the log by how calls were answered: the model's end, guardrails, what was kept, slowness, session. */
export function AnswerFilters({ state }: { state: AnswerState }) {
  return (
    <>
      <Choice
        label="How the model ended"
        none="Every end"
        words={FINISH_WORDS}
        value={state.finish}
        set={state.setFinish}
      />
      <Choice
        label="What guardrails did"
        none="Guarded or not"
        words={GUARD_WORDS}
        value={state.guard}
        set={state.setGuard}
      />
      <Choice label="Kept answers" none="Kept or not" words={CACHE_WORDS} value={state.cache} set={state.setCache} />
      <Choice label="How slow" none="Fast or slow" words={SLOW_WORDS} value={state.slow} set={state.setSlow} />
      {state.session && (
        <FilterChip
          name="Session"
          value={<span className="font-mono">{state.session}</span>}
          onClear={() => state.setSession('')}
        />
      )}
      {state.user && (
        <FilterChip
          name="End user"
          value={<span className="font-mono">{state.user}</span>}
          onClear={() => state.setUser('')}
        />
      )}
      {state.party && (
        <FilterChip
          name="Party"
          value={<span className="font-mono">{state.party}</span>}
          onClear={() => state.setParty('')}
        />
      )}
      {state.partyToken && (
        <FilterChip
          name="Party token"
          value={<span className="font-mono">{state.partyToken}</span>}
          onClear={() => state.setPartyToken('')}
        />
      )}
      {state.tag && (
        <FilterChip
          name="Tag"
          value={<span className="font-mono">{state.tag}</span>}
          onClear={() => state.setTag('')}
        />
      )}
    </>
  );
}

function Choice({
  label,
  none,
  words,
  value,
  set,
}: {
  label: string;
  none: string;
  words: Readonly<Record<string, string>>;
  value: string;
  set: (value: string) => void;
}) {
  const known = value === '' || Object.hasOwn(words, value);
  return (
    <Select
      aria-label={label}
      className="w-48 max-sm:w-[calc(50%-0.25rem)]"
      value={value}
      onChange={(event) => set(event.target.value)}
      options={[
        { value: '', label: none },
        ...Object.entries(words).map(([key, text]) => ({ value: key, label: text })),
        ...(known ? [] : [{ value, label: value }]),
      ]}
    />
  );
}
