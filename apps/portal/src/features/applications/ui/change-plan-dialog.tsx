'use client';

import { moneyWords } from '@parley/domain/rating/price-words';
import { parseAmount } from '@parley/kernel/money';
import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Choices } from '@parley/ui/field';
import { Form } from '@parley/ui/form';
import { Notice } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import type { Subscription } from './application-types.ts';

/** Moves a subscription to another plan of its API, with what that costs this month against staying. */
export function ChangePlanDialog({ subscription, onClose }: { subscription: Subscription; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { id, api, publisher, application } = subscription;
  const { data, error } = useQuery(trpc.catalogue.get.queryOptions({ publisher: publisher.slug, api: api.slug }));
  const { can } = useShell();
  const others = data?.plans.filter(({ slug }) => slug !== subscription.plan.slug);
  const [picked, setPicked] = useState<string | null>(null);
  const plan = picked ?? others?.find(({ approval }) => approval === 'auto')?.slug ?? null;
  const change = useMutation(
    trpc.applications.subscriptions.changePlan.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: trpc.applications.pathKey() });
        await queries.invalidateQueries({ queryKey: trpc.catalogue.pathKey() });
        onClose();
      },
    }),
  );
  const checkout = useMutation(
    trpc.billing.checkoutPlan.mutationOptions({ onSuccess: ({ url }) => window.location.assign(url) }),
  );
  const preview = useQuery(
    trpc.applications.subscriptions.previewPlan.queryOptions(
      { id, plan: plan ?? '' },
      { staleTime: 0, enabled: plan !== null },
    ),
  );
  const waits = preview.data?.checkout ?? null;
  const mayPay = can('billing.write');
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Change the plan of ${application.name}`}
      description={`For its calls to ${api.name}, at once. Now on ${subscription.plan.name}.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="change-plan"
            variant="primary"
            busy={change.isPending || checkout.isPending}
            disabled={plan === null || preview.isPending || (waits !== null && !mayPay)}
          >
            {waits === null ? 'Change plan' : 'Go to checkout'}
          </Button>
        </>
      }
    >
      <Form
        id="change-plan"
        fault={faultOf(change.error) ?? faultOf(checkout.error) ?? faultOf(error)}
        onSubmit={() => plan !== null && (waits === null ? change : checkout).mutateAsync({ id, plan })}
      >
        {others === undefined ? (
          <Skeleton className="h-20 w-full" />
        ) : others.length === 0 ? (
          <p className="text-muted text-sm">{publisher.name} offers no other plan of this API.</p>
        ) : (
          <Choices
            label="Plan"
            value={plan ?? ''}
            onChange={setPicked}
            choices={others.map((one) => ({
              value: one.slug,
              label: one.name,
              disabled: one.approval === 'manual',
              hint: `${one.price ? `${one.price.words.join('; ')}.` : 'Free.'} ${one.words.join(' ')}${one.approval === 'manual' ? ` ${publisher.name} decides who gets it.` : ''}`,
            }))}
          />
        )}
        {plan !== null && <Preview data={preview.data} error={preview.error} />}
        {waits !== null && (
          <CheckoutNotice amount={waits.amount} currency={preview.data?.currency ?? ''} mayPay={mayPay} />
        )}
      </Form>
    </Dialog>
  );
}

/** What comes first on a plan that asks for a card. */
function CheckoutNotice({ amount, currency, mayPay }: { amount: string | null; currency: string; mayPay: boolean }) {
  const what =
    amount === null
      ? 'A card is left first'
      : `${moneyWords(parseAmount(amount) ?? 0n, currency)} is paid by card first: the fee for the rest of the month`;
  return (
    <Notice title={what}>
      {mayPay
        ? 'At the checkout you leave a card, which later invoices are charged to. The plan changes as soon as that is done.'
        : 'Ask an owner or admin of your company to do it: it takes the right to pay.'}
    </Notice>
  );
}

type Previewed = RouterOutputs['applications']['subscriptions']['previewPlan'];

function Preview({ data, error }: { data: Previewed | undefined; error: Parameters<typeof faultOf>[0] }) {
  const fault = faultOf(error);
  if (fault) return <Notice tone="danger" title={fault.message} />;
  if (!data) return <Skeleton className="h-24 w-full" />;
  if (data.lines.length === 0) {
    return <Notice title="Nothing is charged for it this month">Not for what was called so far, nor as a fee.</Notice>;
  }
  const money = (amount: string) => moneyWords(centsOf(amount), data.currency);
  return (
    <section aria-label="What it costs this month">
      <table className="w-full text-sm">
        <caption className="pb-1 text-left font-medium">What {data.month} costs</caption>
        <thead>
          <tr className="border-b text-faint text-xs">
            <th scope="col" className="py-1 text-left font-normal">
              Fees, and calls so far
            </th>
            <th scope="col" className="py-1 text-right font-normal">
              Staying
            </th>
            <th scope="col" className="py-1 text-right font-normal">
              Changing now
            </th>
          </tr>
        </thead>
        <tbody>
          {data.lines.map((line) => (
            <tr key={line.name} className="border-b">
              <th scope="row" className="py-1.5 text-left font-normal">
                {line.name}
              </th>
              <td className="py-1.5 text-right tabular-nums">{money(line.stay)}</td>
              <td className="py-1.5 text-right tabular-nums">{money(line.move)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-medium">
            <th scope="row" className="py-1.5 text-left font-medium">
              Together
            </th>
            <td className="py-1.5 text-right tabular-nums">{money(data.stay)}</td>
            <td className="py-1.5 text-right tabular-nums">{money(data.move)}</td>
          </tr>
        </tfoot>
      </table>
      <p className="mt-1 text-faint text-xs">Fees to the end of the month. Calls from now on come on top.</p>
    </section>
  );
}

/** To the cent, and what is less than one in full. */
function centsOf(amount: string): bigint {
  const nano = parseAmount(amount) ?? 0n;
  const cent = 10_000_000n;
  return nano < cent ? nano : ((nano + cent / 2n) / cent) * cent;
}
