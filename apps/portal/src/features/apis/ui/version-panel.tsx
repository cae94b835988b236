'use client';

import { StateBadge } from '@parley/ui/badge';
import { Card } from '@parley/ui/card';
import { CopyButton } from '@parley/ui/copy-button';
import { RelativeTime } from '@parley/ui/format';
import { TextLink } from '@parley/ui/link';
import { Notice, Section } from '@parley/ui/page';
import { type SectionLink, SectionNav } from '@parley/ui/section-nav';
import { useShell } from '@/shell/shell-context.tsx';
import { ChangelogForm } from './changelog-form.tsx';
import { DefinitionEditor } from './definition-editor.tsx';
import { ExperimentSection } from './experiment-section.tsx';
import { MeaningSection } from './meaning-section.tsx';
import { MoveButtons } from './move-buttons.tsx';
import { PoliciesSection } from './policies/policies-section.tsx';
import { RevisionsPanel } from './revisions-panel.tsx';
import { isSplit, TrafficSection } from './traffic/traffic-section.tsx';
import type { Api, Version } from './types.ts';

/** One version: where it stands, what may be done, what it serves, and its history. */
export function VersionPanel({ api, version }: { api: Api; version: Version }) {
  const { can, href } = useShell();
  const served = isServed(version);
  const editable =
    (version.state === 'draft' && can('apis.write')) || (served && can('apis.write') && can('apis.publish'));
  return (
    <div className="flex min-w-0 flex-col gap-8">
      <Card className="flex flex-col gap-4 p-4">
        <div className="flex flex-wrap items-center gap-3">
          <h2 className="font-mono font-semibold text-base">{version.version}</h2>
          <StateBadge state={version.state} />
          <span className="text-faint text-xs">
            <StateTimes version={version} />
          </span>
        </div>
        <div className="flex items-center gap-1">
          <code className="min-w-0 break-all font-mono text-muted text-xs">{version.url}</code>
          <CopyButton text={version.url} label="Copy the address" />
        </div>
        {version.blockers.length > 0 && version.state !== 'retired' && (
          <Notice
            tone={served ? 'danger' : 'warning'}
            title={served ? 'Callers are being refused' : 'Before it can be published'}
          >
            <ul className="list-inside list-disc">
              {version.blockers.map(({ path, message }) => (
                <li key={path + message}>
                  {message}
                  {path === 'models' && (
                    <>
                      {' '}
                      <TextLink href={href('models')}>Models & providers</TextLink>
                    </>
                  )}
                  {path === 'plans' && (
                    <>
                      {' '}
                      <TextLink href={href(`apis/${api.slug}?tab=plans`)}>Plans</TextLink>
                    </>
                  )}
                </li>
              ))}
            </ul>
          </Notice>
        )}
        <MoveButtons version={version} />
      </Card>
      <SectionNav label="Parts of this version" sections={partsOf(version)} />
      <Section
        id="serves"
        title="What it serves"
        description={
          served
            ? 'Saving changes what callers get within a second. The history below rolls back with one press.'
            : version.state === 'review'
              ? 'It is being reviewed: withdraw it to change it.'
              : version.state === 'retired'
                ? 'It is retired and stays as it was.'
                : 'Nobody sees it before its publication.'
        }
      >
        <DefinitionEditor api={api} version={version} readOnly={!editable} />
      </Section>
      {version.definition?.policies?.experiment && served && <ExperimentSection version={version} />}
      {version.definition?.policies?.modelCache?.semantic && served && <MeaningSection version={version} />}
      {isSplit(version) && served && <TrafficSection version={version} editable={editable} />}
      <PoliciesSection api={api} version={version} editable={editable} />
      <Section id="changelog" title="What is new" description="Subscribers read it on the API’s page.">
        <ChangelogForm version={version} readOnly={!can('apis.write') || version.state === 'retired'} />
      </Section>
      <RevisionsPanel version={version} mayRollBack={editable && can('apis.publish')} />
    </div>
  );
}

function isServed({ state }: Version): boolean {
  return state === 'published' || state === 'deprecated';
}

function partsOf(version: Version): SectionLink[] {
  const { definition } = version;
  const routes = definition?.kind === 'rest' ? definition.routes.length : undefined;
  return [
    { id: 'serves', label: 'What it serves', count: routes },
    ...(isSplit(version) && isServed(version) ? [{ id: 'traffic', label: 'Traffic' }] : []),
    ...(definition
      ? [{ id: 'policies', label: 'Policies', count: Object.keys(definition.policies ?? {}).length }]
      : []),
    { id: 'changelog', label: 'What is new' },
    { id: 'history', label: 'History' },
  ];
}

function StateTimes({ version }: { version: Version }) {
  switch (version.state) {
    case 'published':
      return (
        <>
          since <RelativeTime at={version.publishedAt} />
        </>
      );
    case 'deprecated':
      return (
        <>
          since <RelativeTime at={version.deprecatedAt} />
          {version.sunsetAt && (
            <>
              , to stop answering <RelativeTime at={version.sunsetAt} />
            </>
          )}
        </>
      );
    case 'retired':
      return (
        <>
          since <RelativeTime at={version.retiredAt} />
        </>
      );
    default:
      return (
        <>
          made <RelativeTime at={version.createdAt} />
        </>
      );
  }
}
