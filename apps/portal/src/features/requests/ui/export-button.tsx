'use client';

import { Button } from '@parley/ui/button';
import { toast } from '@parley/ui/toast';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTRPCClient } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RequestsState } from './requests-state.ts';

type Question = RequestsState['filter'] & RequestsState['between'];

/** Saves what the filters show as CSV. A file holds ten thousand calls; when there are more, it says so. */
export function ExportButton({ question }: { question: Question }) {
  const client = useTRPCClient();
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const { fileName, csv, count, nextCursor } = await client.requests.export.query(question);
      saveFile(fileName, csv);
      if (nextCursor !== null) {
        toast({
          title: `The file holds the newest ${count.toLocaleString('en')} calls`,
          body: 'There are more. Choose a shorter time to get the others.',
        });
      }
    } catch (error) {
      toast({ tone: 'danger', title: 'Nothing was exported', body: faultOf(error)?.message });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button busy={busy} icon={<Download aria-hidden className="size-4" />} onClick={() => void save()}>
      Export CSV
    </Button>
  );
}

function saveFile(name: string, csv: string): void {
  const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
