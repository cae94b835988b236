'use client';

import { Button, ButtonLink } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Input, Select } from '@parley/ui/field';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { useUrlState } from '@parley/ui/url-state';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { LayoutGrid, Search } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ApiCard } from './api-card.tsx';
import { KIND_WORDS, type Kind } from './kind-words.ts';
import type { Viewer } from './viewer.ts';

/** The catalogue as cards, narrowed by words, kind, category and tags; what is chosen stands in the URL. */
export function CatalogueView({ viewer }: { viewer: Viewer }) {
  const trpc = useTRPC();
  const [text, setText] = useUrlState('q', '');
  const [kind, setKind] = useUrlState('kind', '');
  const [category, setCategory] = useUrlState('category', '');
  const [tags, setTags] = useUrlState('tags', '');
  const searched = useDeferredValue(text);
  const filters = {
    ...(searched.trim() ? { text: searched.trim().slice(0, 200) } : {}),
    ...(kind in KIND_WORDS ? { kind: kind as Kind } : {}),
    ...(category ? { category } : {}),
    ...(tags ? { tags } : {}),
  };
  const filtered = Object.keys(filters).length > 0;
  const whole = useQuery(trpc.catalogue.list.queryOptions({}));
  const first = useQuery({ ...trpc.catalogue.list.queryOptions(filters), placeholderData: (before) => before });
  const [wantsRest, setWantsRest] = useState('');
  const search = JSON.stringify(filters);
  const rest = useInfiniteQuery({
    ...trpc.catalogue.list.infiniteQueryOptions(filters, {
      initialCursor: first.data?.nextCursor ?? '',
      getNextPageParam: (page) => page.nextCursor ?? undefined,
    }),
    enabled: wantsRest === search && !first.isPlaceholderData,
  });
  const facets = whole.data?.facets;
  const further = wantsRest === search ? rest.data?.pages.flatMap((page) => page.items) : undefined;
  const items = first.data && [...first.data.items, ...(further ?? [])];
  const hasMore = further ? rest.hasNextPage : Boolean(first.data?.nextCursor);
  const error = faultOf(whole.error ?? first.error ?? rest.error);
  const chosenTags = new Set(tags.split(',').filter(Boolean));
  const toggleTag = (tag: string): void => {
    const next = new Set(chosenTags);
    if (!next.delete(tag)) next.add(tag);
    setTags([...next].join(','));
  };
  const clear = (): void => {
    setText('');
    setKind('');
    setCategory('');
    setTags('');
  };

  return (
    <Page>
      <PageHeader title="Catalogue" description="APIs, prompts and models that you can subscribe an application to." />
      <div className="flex flex-wrap items-center gap-2">
        <div className="relative min-w-56 flex-1">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-faint"
          />
          <Input
            type="search"
            aria-label="Search the catalogue"
            placeholder="Search by name, topic or publisher"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="pl-9"
          />
        </div>
        <Select
          aria-label="Kind"
          className="w-40"
          value={kind}
          onChange={(event) => setKind(event.target.value)}
          options={[
            { value: '', label: 'Every kind' },
            ...Object.entries(KIND_WORDS).map(([value, words]) => ({ value, label: words.plural })),
          ]}
        />
        {(facets?.categories.length ?? 0) > 0 && (
          <Select
            aria-label="Category"
            className="w-44"
            value={category}
            onChange={(event) => setCategory(event.target.value)}
            options={[
              { value: '', label: 'Every category' },
              ...(facets?.categories ?? []).map(({ value, apis }) => ({ value, label: `${value} (${apis})` })),
            ]}
          />
        )}
      </div>
      {(facets?.tags.length ?? 0) > 0 && (
        <div role="group" aria-label="Tags" className="-mt-3 flex flex-wrap gap-1.5">
          {facets?.tags.map(({ value }) => (
            <button
              key={value}
              type="button"
              aria-pressed={chosenTags.has(value)}
              onClick={() => toggleTag(value)}
              className={`h-6 rounded-full border px-2.5 text-xs ${
                chosenTags.has(value)
                  ? 'border-accent bg-accent-soft text-accent-text'
                  : 'text-muted hover:bg-hover hover:text-text'
              }`}
            >
              {value}
            </button>
          ))}
        </div>
      )}
      {error ? (
        <Notice tone="danger" title={error.message} />
      ) : items === undefined ? (
        <CardSkeletons />
      ) : items.length > 0 ? (
        <>
          <ul aria-label="APIs" className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {items.map((api) => (
              <li key={api.id}>
                <ApiCard api={api} viewer={viewer} />
              </li>
            ))}
          </ul>
          {hasMore && (
            <div className="flex justify-center">
              <Button
                busy={rest.isFetching}
                onClick={() => (further ? void rest.fetchNextPage() : setWantsRest(search))}
              >
                Show more
              </Button>
            </div>
          )}
        </>
      ) : filtered ? (
        <EmptyState
          icon={<Search />}
          title="Nothing in the catalogue matches"
          action={<Button onClick={clear}>Clear the search</Button>}
        >
          Try fewer words, or another kind.
        </EmptyState>
      ) : (
        <EmptyState
          icon={<LayoutGrid />}
          title="Nothing is published yet"
          action={
            viewer.mayPublish ? (
              <ButtonLink href={`/t/${viewer.tenant}/apis`} variant="primary">
                Publish an API
              </ButtonLink>
            ) : undefined
          }
        >
          As soon as somebody publishes an API for you to use, it appears here.
        </EmptyState>
      )}
    </Page>
  );
}

function CardSkeletons() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {Array.from({ length: 6 }, (_, card) => (
        <div key={card} className="flex h-40 flex-col gap-3 rounded-md border bg-surface p-4">
          <Skeleton className="h-4 w-2/3" />
          <Skeleton className="h-3 w-1/3" />
          <Skeleton className="h-3 w-full" />
          <Skeleton className="h-3 w-5/6" />
        </div>
      ))}
    </div>
  );
}
