'use client';

import { Choices, Field, Input, Select } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { type KnownUpstream, type Named, newTarget, type Target } from './import-target.ts';

/** Where imported routes lead: an upstream there is, or one made in the same step. */
export function TargetFields({
  target,
  known,
  document,
  mayCreate,
  fault,
  onChange,
}: {
  target: Target;
  known: readonly KnownUpstream[];
  document: Named;
  mayCreate: boolean;
  fault: FormFault | null;
  onChange: (target: Target) => void;
}) {
  const { urls } = document;
  const choose = (kind: string): void => {
    if (kind === target.kind) return;
    if (kind === 'known') onChange({ kind: 'known', upstream: known[0]?.slug ?? '' });
    else onChange(newTarget(document));
  };
  const error = (field: string) => issueOf(fault, `newUpstream.${field}`);
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-2 font-medium text-sm">Where its operations lead</legend>
      {mayCreate && known.length > 0 && (
        <Choices
          label="Where its operations lead"
          className="sm:grid-cols-2"
          value={target.kind}
          onChange={choose}
          choices={[
            {
              value: 'new',
              label: 'A new upstream',
              hint: urls.length > 0 ? 'At the address the document names.' : 'The document names no address.',
            },
            { value: 'known', label: 'An upstream you have', hint: `${known.length} to choose from.` },
          ]}
        />
      )}
      {target.kind === 'known' ? (
        <Field label="Upstream" error={issueOf(fault, 'upstream')}>
          <Select
            options={known.map(({ slug, name, baseUrl }) => ({ value: slug, label: `${name} (${baseUrl})` }))}
            placeholder="Choose an upstream"
            value={target.upstream}
            onChange={(event) => onChange({ kind: 'known', upstream: event.target.value })}
          />
        </Field>
      ) : (
        <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
          <Field label="Name of the upstream" error={error('name') ?? error('slug')}>
            <Input value={target.name} onChange={(event) => onChange({ ...target, name: event.target.value })} />
          </Field>
          <Field
            label="Base URL"
            error={error('baseUrl')}
            hint={urls.length > 1 ? `The document names ${urls.length} addresses; this is the first.` : undefined}
          >
            <Input
              className="font-mono"
              spellCheck={false}
              placeholder="https://api.example.com"
              list="import-urls"
              value={target.baseUrl}
              onChange={(event) => onChange({ ...target, baseUrl: event.target.value })}
            />
            <datalist id="import-urls">
              {urls.map((url) => (
                <option key={url} value={url}>
                  {url}
                </option>
              ))}
            </datalist>
          </Field>
        </div>
      )}
    </fieldset>
  );
}
