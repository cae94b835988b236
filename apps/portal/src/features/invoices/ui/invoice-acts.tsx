'use client';

import { IconButton } from '@parley/ui/button';
import { Menu, MenuItem } from '@parley/ui/menu';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import type { RouterOutputs } from '@/trpc/root.ts';
import { AmountDialog } from './amount-dialog.tsx';
import { EndDialog } from './end-dialog.tsx';

type Invoice = RouterOutputs['invoices']['issued']['items'][number];
type Act = 'pay' | 'credit' | 'void' | 'writeOff';

const ACTS: readonly { act: Act; label: string; danger?: true; fits: (invoice: Invoice) => boolean }[] = [
  { act: 'pay', label: 'Record a payment', fits: ({ due }) => due !== '0' },
  { act: 'credit', label: 'Write a credit note', fits: ({ state, total }) => state !== 'void' && total !== '0' },
  {
    act: 'writeOff',
    label: 'Give up as not collectible',
    danger: true,
    fits: ({ state, due }) => state === 'open' && due !== '0',
  },
  { act: 'void', label: 'Void', danger: true, fits: ({ state, paid }) => state === 'open' && paid === '0' },
];

/** What its publisher can do about an issued invoice. */
export function InvoiceActs({ invoice }: { invoice: Invoice }) {
  const { can } = useShell();
  const [doing, setDoing] = useState<Act | null>(null);
  const acts = ACTS.filter(({ fits }) => fits(invoice));
  if (!can('billing.write') || acts.length === 0) return null;
  const onClose = () => setDoing(null);
  return (
    <>
      <Menu
        trigger={
          <IconButton size="sm" label={`Acts on ${invoice.name}`}>
            <Ellipsis />
          </IconButton>
        }
      >
        {acts.map(({ act, label, danger }) => (
          <MenuItem key={act} danger={danger === true} onSelect={() => setDoing(act)}>
            {label}
          </MenuItem>
        ))}
      </Menu>
      {(doing === 'pay' || doing === 'credit') && <AmountDialog invoice={invoice} act={doing} onClose={onClose} />}
      {(doing === 'void' || doing === 'writeOff') && <EndDialog invoice={invoice} act={doing} onClose={onClose} />}
    </>
  );
}
