import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Value } from '@/schema-form/schema-node.ts';
import { useTRPCClient } from '@/trpc/client.tsx';
import type { RouterInputs, RouterOutputs } from '@/trpc/root.ts';

export type Place = NonNullable<RouterInputs['guardrails']['try']['place']>;
export type Tried = RouterOutputs['guardrails']['try'];

export interface Trial {
  readonly text: string;
  readonly place: Place;
  readonly document: string;
  /** Which tool is given the text, for rules on tools. */
  readonly tool: string;
  readonly policy: Value;
}

/** How long nobody has typed before a text is tried, in milliseconds. */
const PAUSE = 300;

/** What the guardrails make of a text, anew whenever typing pauses. Nothing of it is kept once the page is left. */
export function useTry(trial: Trial) {
  const client = useTRPCClient();
  const written = JSON.stringify(trial);
  const [asked, setAsked] = useState(written);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(written), PAUSE);
    return () => clearTimeout(timer);
  }, [written]);
  const { text } = JSON.parse(asked) as Trial;
  return useQuery({
    queryKey: ['guardrails', 'try', asked],
    // What a form holds is for the server to judge, which answers beside the fields.
    queryFn: () => client.guardrails.try.mutate(JSON.parse(asked) as RouterInputs['guardrails']['try']),
    enabled: text.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
