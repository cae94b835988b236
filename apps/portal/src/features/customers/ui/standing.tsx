import { Badge, type Tone } from '@parley/ui/badge';
import type { RouterOutputs } from '@/trpc/root.ts';

export type Account = RouterOutputs['customers']['list']['items'][number];

const STANDINGS: Readonly<Record<Account['standing'], { word: string; tone: Tone; means: string }>> = {
  good: { word: 'In good standing', tone: 'success', means: 'Everything its plans allow.' },
  grace: { word: 'Payment failed', tone: 'warning', means: 'Everything goes on while payment is tried again.' },
  restricted: { word: 'Restricted', tone: 'warning', means: 'Only what its plans include; nothing that is charged.' },
  suspended: { word: 'Suspended', tone: 'danger', means: 'No call is answered.' },
};

/** How a customer stands, in a word. */
export function Standing({ account }: { account: Pick<Account, 'standing'> }) {
  const { word, tone } = STANDINGS[account.standing];
  return (
    <Badge tone={tone} dot>
      {word}
    </Badge>
  );
}

/** What that means for its calls, and why. */
export function standingInWords({ standing, standingReason }: Pick<Account, 'standing' | 'standingReason'>): string {
  return [STANDINGS[standing].means, standingReason].filter(Boolean).join(' ');
}
