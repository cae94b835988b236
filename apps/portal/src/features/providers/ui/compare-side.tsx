'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Section } from '@parley/ui/page';
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { TRAITS, type Trait, WORDS } from './compare-columns.tsx';
import type { Compared } from './compare-figures.ts';

/** The best value of a trait among models; `null` where fewer than two have one, or all are alike. */
function bestOf(trait: Trait, models: readonly Compared[]): number | null {
  const values = models.flatMap((model) => trait.value(model) ?? []);
  if (trait.best === undefined || values.length < 2 || new Set(values).size === 1) return null;
  return trait.best === 'least' ? Math.min(...values) : Math.max(...values);
}

/** Models beside one another, a line for each trait; scrolls sideways where there is no room. */
export function SideBySide({
  models,
  onRemove,
  onClear,
}: {
  models: readonly Compared[];
  onRemove: (model: Compared) => void;
  onClear: () => void;
}) {
  return (
    <Section
      title="Side by side"
      description="The best of each line is bold."
      actions={
        <Button size="sm" onClick={onClear}>
          Clear
        </Button>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div
        tabIndex={0}
        role="region"
        aria-label="Side by side"
        className="overflow-x-auto rounded-md border bg-surface"
      >
        <table className="w-full border-collapse text-sm">
          <thead className="bg-sunken">
            <tr>
              <th scope="col" className="sticky left-0 bg-sunken px-4 py-2 text-left font-medium text-muted text-xs">
                <span className="sr-only">Trait</span>
              </th>
              {models.map((model) => (
                <th
                  key={model.id}
                  scope="col"
                  aria-label={model.slug}
                  className="min-w-36 px-4 py-2 text-left font-medium"
                >
                  <span className="flex items-center justify-between gap-2">
                    <span className="break-all font-mono">{model.slug}</span>
                    <IconButton label={`Take ${model.slug} away`} size="sm" onClick={() => onRemove(model)}>
                      <X />
                    </IconButton>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {TRAITS.map((trait) => {
              const best = bestOf(trait, models);
              return (
                <tr key={trait.key} className="border-t">
                  <RowName>{trait.header}</RowName>
                  {models.map((model) => (
                    <td
                      key={model.id}
                      className={clsx(
                        'px-4 py-2 tabular-nums',
                        best !== null && trait.value(model) === best && 'font-semibold',
                      )}
                    >
                      {trait.cell(model)}
                    </td>
                  ))}
                </tr>
              );
            })}
            {WORDS.map(({ header, cell }) => (
              <tr key={header} className="border-t align-top">
                <RowName>{header}</RowName>
                {models.map((model) => (
                  <td key={model.id} className="px-4 py-2">
                    {cell(model)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function RowName({ children }: { children: string }) {
  return (
    <th scope="row" className="sticky left-0 whitespace-nowrap bg-surface px-4 py-2 text-left font-normal text-muted">
      {children}
    </th>
  );
}
