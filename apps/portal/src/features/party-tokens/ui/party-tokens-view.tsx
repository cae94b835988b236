'use client';

import { Page, PageHeader } from '@parley/ui/page';
import { Tabs } from '@parley/ui/tabs';
import { useUrlState } from '@parley/ui/url-state';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { InspectView } from './inspect-view.tsx';
import { IssueView } from './issue-view.tsx';
import { SeenTokens } from './seen-tokens.tsx';

/** Tokens for those who take part: issued from a template, looked into, revoked; those that made calls. */
export function PartyTokensView({ gatewayUrl }: { gatewayUrl: string }) {
  const { can } = useShell();
  const [, setTab] = useUrlState('tab', '');
  // Here until the page is loaded anew, never in a link.
  const [token, setToken] = useState('');
  const inspect = (text: string): void => {
    setToken(text);
    setTab('inspect');
  };
  return (
    <Page>
      <PageHeader
        title="Party tokens"
        description="What a browser, an agent or another service calls with in a key’s place: who takes part, what each may do, for how long. Revoked everywhere within a second."
      />
      <Tabs
        label="Party tokens"
        tabs={[
          ...(can('keys.write')
            ? [{ value: 'issue', label: 'Issue', content: <IssueView gatewayUrl={gatewayUrl} onInspect={inspect} /> }]
            : []),
          { value: 'inspect', label: 'Inspect', content: <InspectView token={token} setToken={setToken} /> },
          ...(can('usage.read') ? [{ value: 'used', label: 'Used', content: <SeenTokens /> }] : []),
        ]}
      />
    </Page>
  );
}
