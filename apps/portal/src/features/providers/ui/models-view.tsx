'use client';

import { Button, ButtonLink } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Notice, Page, PageHeader, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { Cpu, LibraryBig, Plus, Scale } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { AddProviderSheet } from './add-provider-sheet.tsx';
import { CatalogueSheet } from './catalogue-sheet.tsx';
import { type ModelDraft, ModelSheet } from './model-sheet.tsx';
import { ModelsTable } from './models-table.tsx';
import { ProviderCard } from './provider-card.tsx';

/** Providers as cards with their keys, and below them every model with its price. */
export function ModelsView() {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const mayWrite = can('providers.write');
  const providers = useQuery(trpc.providers.list.queryOptions({ limit: 200 }));
  const models = useQuery(trpc.providers.models.queryOptions({ limit: 200 }));
  const [adding, setAdding] = useState(false);
  const [draft, setDraft] = useState<ModelDraft | null>(null);
  const [choosing, setChoosing] = useState<{ provider: string | null } | null>(null);
  const fault = faultOf(providers.error ?? models.error);
  const items = providers.data?.items;
  const none = items?.length === 0;
  return (
    <Page>
      <PageHeader
        title="Models & providers"
        description="Providers run the models. Under the names and prices set here, your prompts and APIs use them."
        actions={
          mayWrite &&
          !none && (
            <>
              <Button icon={<Plus className="size-4" />} onClick={() => setAdding(true)}>
                Add provider
              </Button>
              <Button icon={<Plus className="size-4" />} onClick={() => setDraft({})}>
                Add model
              </Button>
              <Button
                variant="primary"
                icon={<LibraryBig className="size-4" />}
                onClick={() => setChoosing({ provider: null })}
              >
                Add from the catalogue
              </Button>
            </>
          )
        }
      />
      {fault && <Notice tone="danger" title={fault.message} />}
      {none ? (
        <EmptyState
          icon={<Cpu />}
          title="No provider yet"
          action={
            mayWrite && (
              <Button variant="primary" onClick={() => setAdding(true)}>
                Add a provider
              </Button>
            )
          }
        >
          Pick one of more than seventy, a server of your own, or the simulator, which needs no account and costs
          nothing.
        </EmptyState>
      ) : (
        <>
          <Section title="Providers">
            {items ? (
              <ul className="grid gap-3 lg:grid-cols-2">
                {items.map((provider) => (
                  <li key={provider.id}>
                    <ProviderCard
                      provider={provider}
                      mayWrite={mayWrite}
                      onAddModel={setDraft}
                      onCatalogue={() => setChoosing({ provider: provider.slug })}
                    />
                  </li>
                ))}
              </ul>
            ) : (
              <SkeletonRows rows={2} />
            )}
          </Section>
          <Section
            title="Models"
            description="Callers use these names. A model without a price refuses calls."
            actions={
              <ButtonLink href={href('models/compare')} size="sm" icon={<Scale className="size-4" />}>
                Compare
              </ButtonLink>
            }
          >
            <ModelsTable
              models={models.data?.items}
              mayWrite={mayWrite}
              onEdit={(model) => setDraft({ model })}
              onAdd={() => setDraft({})}
            />
          </Section>
        </>
      )}
      <AddProviderSheet
        open={adding}
        onClose={() => setAdding(false)}
        onAddModel={setDraft}
        onCatalogue={(provider) => setChoosing({ provider })}
      />
      {choosing && items && (
        <CatalogueSheet
          provider={choosing.provider}
          providers={items}
          models={models.data?.items ?? []}
          onClose={() => setChoosing(null)}
          onByName={(provider) => {
            setChoosing(null);
            setDraft({ provider });
          }}
        />
      )}
      {draft && <ModelSheet draft={draft} providers={items ?? []} onClose={() => setDraft(null)} />}
    </Page>
  );
}
