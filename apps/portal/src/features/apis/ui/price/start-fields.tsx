'use client';

import type { PlanPricing } from '@parley/contracts/plan-pricing';
import { Choices, Field, Input, Switch } from '@parley/ui/field';
import type { Plan } from '../types.ts';

/** When a price begins, and for whom. */
export interface StartDraft {
  readonly when: 'now' | 'later';
  /** As the browser's field gives it, in the reader's time zone. */
  readonly at: string;
  readonly forSubscribers: boolean;
}

/** Whoever got an answer, or walked away from one, pays for it: as contracts' plan-pricing has it. */
export const START_OUTCOMES: PlanPricing['outcomes'] = {
  ok: true,
  cached: true,
  callerAborted: true,
  upstreamCut: false,
  clientError: false,
  serverError: false,
  refused: false,
};

export function StartFields({
  plan,
  start,
  onChange,
  error,
}: {
  plan: Plan;
  start: StartDraft;
  onChange: (start: StartDraft) => void;
  error: string | undefined;
}) {
  const { subscriberCount } = plan;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-medium text-sm">From when on</legend>
      <Choices
        label="From when on"
        className="sm:grid-cols-2"
        value={start.when}
        onChange={(when) => onChange({ ...start, when: when === 'later' ? 'later' : 'now' })}
        choices={[
          { value: 'now', label: 'Now' },
          { value: 'later', label: 'From a later moment' },
        ]}
      />
      {start.when === 'later' ? (
        <Field label="Begins" error={error} hint="In your time zone.">
          <Input
            type="datetime-local"
            className="sm:w-60"
            value={start.at}
            onChange={(event) => onChange({ ...start, at: event.target.value })}
          />
        </Field>
      ) : (
        error && (
          <p role="alert" className="text-danger-text text-xs">
            {error}
          </p>
        )
      )}
      {subscriberCount > 0 && (
        <Switch
          label={
            subscriberCount === 1
              ? 'Also for the subscriber on this plan'
              : `Also for the ${subscriberCount} subscribers on this plan`
          }
          hint={
            start.forSubscribers
              ? 'They move at the next full quarter of an hour; what they used before stays at the old price.'
              : 'They keep the price they have; this one is for newcomers.'
          }
          checked={start.forSubscribers}
          onChange={(forSubscribers) => onChange({ ...start, forSubscribers })}
        />
      )}
    </fieldset>
  );
}
