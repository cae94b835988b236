import { Count } from '@parley/ui/format';
import { shareText } from '@parley/ui/format-text';
import type { Approval } from './approval-types.ts';

/** What is known of an applicant: earlier decisions, and the calls of the last 30 days. */
export function PastBehaviour({ past }: { past: Approval['past'] }) {
  const decisions = (['approved', 'refused', 'revoked'] as const).filter((one) => past[one] > 0);
  if (decisions.length === 0 && past.calls === 0) return <span>new here</span>;
  const errors = past.clientErrors + past.serverErrors;
  return (
    <>
      {decisions.length > 0 && <span>with you: {decisions.map((one) => `${past[one]} ${one}`).join(', ')}</span>}
      {past.calls > 0 && (
        <span>
          <Count value={past.calls} unit={past.calls === 1 ? 'call' : 'calls'} /> in 30 days,{' '}
          {shareText(errors / past.calls)} errors
        </span>
      )}
    </>
  );
}
