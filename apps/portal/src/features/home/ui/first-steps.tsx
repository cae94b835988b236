'use client';

import { Button, ButtonLink } from '@parley/ui/button';
import { PageHeader } from '@parley/ui/page';
import { Segmented } from '@parley/ui/segmented';
import { useUrlState } from '@parley/ui/url-state';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { FirstCall } from './first-call.tsx';
import { MakeKey } from './make-key.tsx';
import type { Overview } from './overview.ts';
import { StepList, type StepView } from './step-list.tsx';

interface Props {
  readonly overview: Overview;
  readonly onLeave: () => void;
}

type Path = 'publish' | 'use';

/** The way to the first call, for those who publish and for those who use. Steps tick themselves as they are done. */
export function FirstSteps({ overview, onLeave }: Props) {
  const { tenant, can } = useShell();
  const mayPublish = can('apis.write');
  const [chosen, setPath] = useUrlState('path', mayPublish ? 'publish' : 'use');
  const path: Path = chosen === 'use' || !mayPublish ? 'use' : 'publish';
  /** Secret of the key made here: it cannot be read again, so it lives as long as this page. */
  const [secret, setSecret] = useState<string | null>(null);
  const use = useSteps(overview, secret, setSecret);
  const steps = path === 'publish' ? use.publish : use.consume;
  const done = overview.setup.firstCallAt !== null;

  return (
    <>
      <PageHeader
        title={`Welcome to ${tenant.name}`}
        description={
          path === 'publish'
            ? 'From a prompt to an endpoint that others can call, in a few minutes. Steps tick themselves.'
            : 'From the catalogue to your first call, in a few minutes. Steps tick themselves.'
        }
        actions={
          mayPublish && (
            <Segmented
              label="What do you want to do first?"
              value={path}
              onChange={setPath}
              segments={[
                { value: 'publish', label: 'Publish an API' },
                { value: 'use', label: 'Use an API' },
              ]}
            />
          )
        }
      />
      {done && (
        <div className="flex flex-wrap items-center justify-between gap-3 rounded-md bg-success-soft px-4 py-3 text-sm text-success-text">
          <span>
            <span className="font-medium">Your first call was answered.</span> From now on this page shows traffic,
            errors and cost.
          </span>
          <Button size="sm" onClick={onLeave}>
            Show the overview
          </Button>
        </div>
      )}
      <StepList steps={steps} />
    </>
  );
}

/** The steps of both ways, from the tenant's real state. */
function useSteps(
  { setup }: Overview,
  secret: string | null,
  onSecret: (secret: string) => void,
): Record<'publish' | 'consume', StepView[]> {
  const { href, tenant, can } = useShell();
  const key: StepView = {
    id: 'key',
    title: 'Make an application and its key',
    words: 'An application stands for one program that calls; its key is how the gateway knows it.',
    done: setup.key,
    doneWords: setup.application ? `${setup.application.name} has a key` : 'Done',
    // A key that was just made stays in sight until its secret was taken.
    open: secret !== null,
    content: can('applications.write') && can('keys.write') && (
      <MakeKey application={setup.application} secret={secret} onSecret={onSecret} />
    ),
  };
  const subscribe = (words: string, target: string, label: string): StepView => ({
    id: 'subscribe',
    title: setup.published ? `Subscribe it to ${setup.published.name}` : 'Subscribe it to an API',
    words: setup.subscription === 'requested' ? 'The publisher has been asked and decides.' : words,
    done: setup.subscription === 'approved',
    doneWords: 'Subscribed',
    ...(setup.subscription === 'requested' ? { waiting: 'Waiting for the publisher’s approval' } : {}),
    content: (
      <ButtonLink href={target} variant="primary">
        {label}
      </ButtonLink>
    ),
  });
  const call: StepView = {
    id: 'call',
    title: 'Make the first call',
    words: 'Run this in a terminal. The answer comes to you; the call shows here.',
    done: setup.firstCallAt !== null,
    doneWords: 'Answered',
    content: <FirstCall setup={setup} secret={secret} />,
  };
  const link = (path: string, label: string) => (
    <ButtonLink href={href(path)} variant="primary">
      {label}
    </ButtonLink>
  );
  const mine = setup.published ? `catalogue/${tenant.slug}/${setup.published.slug}` : 'apis';
  return {
    publish: [
      {
        id: 'provider',
        title: 'Connect a provider',
        words:
          'Any OpenAI-compatible address works: OpenAI, Ollama, vLLM, or the simulator that comes with Parley and needs no account. Its models get a price, so that every call has a cost.',
        done: setup.provider,
        doneWords: 'Connected',
        content: link('models', 'Add a provider'),
      },
      {
        id: 'prompt',
        title: 'Write a prompt',
        words: 'Messages with typed variables. Try it with real answers before anybody else sees it.',
        done: setup.prompt,
        doneWords: 'Written',
        content: link('prompts', 'Write a prompt'),
      },
      {
        id: 'publish',
        title: 'Publish it',
        words: 'The prompt becomes an endpoint with a version, a reference, a plan and a place in the catalogue.',
        done: setup.published !== null,
        doneWords: setup.published ? `${setup.published.name} is published` : 'Published',
        content: link('apis', 'Publish an API'),
      },
      key,
      subscribe(
        'Calls are made under a plan, your own too. A plan without approval is granted at once.',
        href(mine),
        'Choose a plan',
      ),
      call,
    ],
    consume: [
      {
        id: 'catalogue',
        title: 'Find an API',
        words:
          setup.others === 0
            ? 'The catalogue is empty so far: as soon as somebody publishes, it shows there.'
            : `${setup.others} ${setup.others === 1 ? 'API is' : 'APIs are'} in the catalogue, with reference, plans and what happens at the limit.`,
        done: setup.subscription !== 'none',
        doneWords: 'Found',
        content: link('catalogue', 'Open the catalogue'),
      },
      key,
      {
        ...subscribe(
          'Choose the plan on the API’s page. Some are granted at once, others by the publisher’s approval.',
          href('catalogue'),
          'Choose an API',
        ),
        title: 'Subscribe the application to it',
      },
      call,
    ],
  };
}
