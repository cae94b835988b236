'use client';

import { shortNameOf } from '@parley/kernel/short-name';
import { Button, ButtonLink } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Choices, Field, Input, Select, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Notice } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import type { CatalogueApi } from './api-view.tsx';

const NEW = ' new';
const LIVE: Readonly<Record<string, string>> = {
  requested: 'waits for approval',
  approved: 'is subscribed',
  suspended: 'is paused by the publisher',
};

type Made = RouterOutputs['applications']['subscriptions']['request'];

/** Application → plan → reason → what happens next and who decides; then what did happen. */
export function SubscribeDialog({ tenant, api, onClose }: { tenant: string; api: CatalogueApi; onClose: () => void }) {
  const [made, setMade] = useState<Made | null>(null);
  const close = (open: boolean): void => {
    if (!open) onClose();
  };
  if (made) {
    return (
      <Dialog
        open
        onOpenChange={close}
        title={
          made.state === 'approved'
            ? `${made.application.name} is subscribed`
            : `${api.publisher.name} has your request`
        }
        footer={
          <>
            <Button onClick={onClose}>Stay here</Button>
            <ButtonLink variant="primary" href={`/t/${tenant}/applications/${made.application.slug}`}>
              {made.state === 'approved' ? 'Get a key' : 'Open the application'}
            </ButtonLink>
          </>
        }
      >
        <p className="text-muted text-sm">
          {made.state === 'approved'
            ? `Its keys open ${api.name} from now on, on the plan ${made.plan.name}.`
            : `The people at ${api.publisher.name} who decide on access were told just now. You get a notice here and a mail when they have decided; until then calls to ${api.name} are refused. You can withdraw the request on the application’s page.`}
        </p>
      </Dialog>
    );
  }
  return <SubscribeForm api={api} onMade={setMade} onClose={onClose} />;
}

function SubscribeForm({
  api,
  onMade,
  onClose,
}: {
  api: CatalogueApi;
  onMade: (made: Made) => void;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const formId = useId();
  const { data: applications, error: listError } = useQuery(trpc.applications.list.queryOptions({ limit: 200 }));
  const live = new Map(
    api.subscriptions.filter((one) => one.state in LIVE).map((one) => [one.application.slug, one.state]),
  );
  const free = applications?.items.find((one) => !live.has(one.slug))?.slug;
  const [picked, setPicked] = useState<string | null>(null);
  const application = picked ?? free ?? NEW;
  const [newName, setNewName] = useState('');
  const [planSlug, setPlan] = useState(api.plans[0]?.slug ?? '');
  const [reason, setReason] = useState('');
  const create = useMutation(trpc.applications.create.mutationOptions());
  const request = useMutation(trpc.applications.subscriptions.request.mutationOptions());
  const plan = api.plans.find((one) => one.slug === planSlug);
  const manual = plan?.approval === 'manual';
  const createFault = faultOf(create.error);
  const requestFault = faultOf(request.error);

  const submit = async (): Promise<void> => {
    let slug = application;
    if (application === NEW) {
      const made = await create.mutateAsync({ name: newName, slug: shortNameOf(newName) });
      slug = made.slug;
      // The application stays when the request fails; the next try uses it.
      setPicked(slug);
      await queries.invalidateQueries({ queryKey: trpc.applications.list.pathKey() });
    }
    const made = await request.mutateAsync({
      application: slug,
      publisher: api.publisher.slug,
      api: api.slug,
      plan: planSlug,
      reason: manual ? reason : '',
    });
    await queries.invalidateQueries({ queryKey: trpc.catalogue.pathKey() });
    await queries.invalidateQueries({ queryKey: trpc.applications.pathKey() });
    onMade(made);
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Subscribe to ${api.name}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            busy={create.isPending || request.isPending}
            disabled={applications === undefined || plan === undefined}
          >
            {manual ? 'Ask for access' : 'Subscribe'}
          </Button>
        </>
      }
    >
      <Form
        id={formId}
        fault={requestFault ?? createFault ?? faultOf(listError)}
        fields={['slug', 'name', 'plan', 'reason']}
        onSubmit={submit}
      >
        {applications === undefined ? (
          <Skeleton className="h-9 w-full" />
        ) : (
          <Field label="Application" hint="What will make the calls. It holds the keys.">
            <Select
              value={application}
              onChange={(event) => setPicked(event.target.value)}
              options={[
                ...applications.items.map((one) => {
                  const state = live.get(one.slug);
                  return {
                    value: one.slug,
                    label: state ? `${one.name} – ${LIVE[state]}` : one.name,
                    disabled: state !== undefined,
                  };
                }),
                { value: NEW, label: 'A new application…' },
              ]}
            />
          </Field>
        )}
        {application === NEW && (
          <Field
            label="Name of the new application"
            error={issueOf(createFault, 'name') ?? issueOf(createFault, 'slug')}
          >
            <Input
              value={newName}
              onChange={(event) => setNewName(event.target.value)}
              placeholder="Checkout service"
            />
          </Field>
        )}
        <Field label="Plan" error={issueOf(requestFault, 'plan')}>
          <Choices
            label="Plan"
            value={planSlug}
            onChange={setPlan}
            choices={api.plans.map((one) => ({
              value: one.slug,
              label: one.name,
              hint: `${one.price ? `${one.price.words.join('; ')}.` : 'Free.'} ${one.words.join(' ')} ${one.approval === 'auto' ? 'Granted at once.' : 'By approval.'}`,
            }))}
          />
        </Field>
        {manual && (
          <Field
            label="What will you use it for?"
            error={issueOf(requestFault, 'reason')}
            hint={`${api.publisher.name} reads this, with your name and your tenant’s.`}
          >
            <Textarea rows={3} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
        )}
        <Notice title="What happens next">
          {manual
            ? `${api.publisher.name} decides. Their approvers get your request in their inbox and by mail; you get a notice and a mail when they have decided. Until then calls are refused.`
            : 'Access is granted at once. Make a key for the application, and call.'}
        </Notice>
      </Form>
    </Dialog>
  );
}
