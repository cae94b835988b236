'use client';

import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Select } from '@parley/ui/field';
import { Menu, MenuItem } from '@parley/ui/menu';
import { Notice } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useUrlState } from '@parley/ui/url-state';
import { useQuery } from '@tanstack/react-query';
import { Download, ScrollText } from 'lucide-react';
import { useState } from 'react';
import { useTRPC, useTRPCClient } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { StatementTable } from './statement-table.tsx';

/** Months of the publisher, and the statement of one of them. */
export function StatementsPanel() {
  const trpc = useTRPC();
  const [chosen, choose] = useUrlState('month', '');
  const months = useQuery(trpc.customers.statements.queryOptions({}));
  const items = months.data?.items ?? [];
  const month = items.some((item) => item.month === chosen) ? chosen : (items[0]?.month ?? '');
  const statement = useQuery({
    ...trpc.customers.statement.queryOptions({ month }),
    enabled: month !== '',
    placeholderData: (before) => before,
  });
  const fault = faultOf(months.error ?? statement.error);
  if (fault) return <Notice tone="danger" title={fault.message} />;
  if (!months.data) return <SkeletonRows rows={6} />;
  if (month === '') {
    return (
      <EmptyState icon={<ScrollText />} title="No statements yet">
        A month has one once something was charged or given in it.
      </EmptyState>
    );
  }
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Select
          aria-label="Month"
          className="w-44"
          value={month}
          onChange={(event) => choose(event.target.value)}
          options={items.map((item) => ({ value: item.month, label: item.month }))}
        />
        <SaveStatement month={month} />
      </div>
      {statement.data ? <StatementTable statement={statement.data} /> : <SkeletonRows rows={6} />}
    </div>
  );
}

const FORMATS = { pdf: 'PDF', html: 'HTML', csv: 'CSV, for a spreadsheet' } as const;

function SaveStatement({ month }: { month: string }) {
  const client = useTRPCClient();
  const [busy, setBusy] = useState(false);
  const save = async (format: keyof typeof FORMATS): Promise<void> => {
    setBusy(true);
    try {
      const { fileName, contentType, base64 } = await client.customers.statementFile.query({ month, format });
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      const url = URL.createObjectURL(new Blob([bytes], { type: contentType }));
      const link = document.createElement('a');
      link.href = url;
      link.download = fileName;
      link.click();
      URL.revokeObjectURL(url);
    } catch (error) {
      toast({ tone: 'danger', title: 'Nothing was saved', body: faultOf(error)?.message });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Menu
      trigger={
        <Button busy={busy} icon={<Download aria-hidden className="size-4" />}>
          Save
        </Button>
      }
    >
      {Object.entries(FORMATS).map(([format, label]) => (
        <MenuItem key={format} onSelect={() => void save(format as keyof typeof FORMATS)}>
          {label}
        </MenuItem>
      ))}
    </Menu>
  );
}
