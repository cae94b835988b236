'use client';

import { Button } from '@parley/ui/button';
import { Menu, MenuItem } from '@parley/ui/menu';
import { toast } from '@parley/ui/toast';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTRPCClient } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterInputs } from '@/trpc/root.ts';

type Question = Omit<RouterInputs['costs']['export'], 'format'>;

/** Saves the charge-back of a range: a line for each day, team, application, key, API and model. */
export function CostExport({ question }: { question: Question }) {
  const client = useTRPCClient();
  const [busy, setBusy] = useState(false);
  const save = async (format: 'csv' | 'jsonl'): Promise<void> => {
    setBusy(true);
    try {
      const { fileName, text } = await client.costs.export.query({ ...question, format });
      const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = fileName;
      link.click();
      URL.revokeObjectURL(url);
    } catch (error) {
      toast({ tone: 'danger', title: 'Nothing was exported', body: faultOf(error)?.message });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Menu
      trigger={
        <Button busy={busy} icon={<Download aria-hidden className="size-4" />}>
          Charge-back
        </Button>
      }
    >
      <MenuItem onSelect={() => void save('csv')}>CSV, for a spreadsheet</MenuItem>
      <MenuItem onSelect={() => void save('jsonl')}>JSON lines, for a warehouse</MenuItem>
    </Menu>
  );
}
