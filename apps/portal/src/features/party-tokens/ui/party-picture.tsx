import { Badge } from '@parley/ui/badge';
import { clsx } from 'clsx';
import { ArrowDown, ArrowRight, Bot, Cpu, type LucideIcon, Server, User } from 'lucide-react';
import { Fragment } from 'react';
import { kindWord, type Party } from './token-words.ts';

type Shown = Pick<Party, 'id' | 'kind'> & { readonly role?: string | undefined };

const ICONS: Readonly<Record<Party['kind'], LucideIcon>> = { user: User, agent: Bot, service: Server, model: Cpu };

interface Props {
  readonly parties: readonly Shown[];
  readonly acting: string;
  readonly principal: string;
  /** Ids of those who acted before, the last one first. */
  readonly actedBefore?: readonly string[];
}

/** Who takes part: for whom things are done, who acted and handed over, who acts; then everybody else. */
export function PartyPicture({ parties, acting, principal, actedBefore = [] }: Props) {
  const chain = [...new Set([principal, ...[...actedBefore].reverse(), acting])];
  const rest = parties.filter(({ id }) => !chain.includes(id));
  const step = (id: string): string => (actedBefore.includes(id) ? 'handed over to' : 'has act for it');
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col items-stretch gap-2 sm:flex-row sm:flex-wrap sm:items-center">
        {chain.map((id, at) => (
          <Fragment key={id}>
            {at > 0 && (
              <span className="flex items-center gap-1.5 text-muted text-xs max-sm:pl-4">
                {step(chain[at - 1] ?? '')}
                <ArrowRight aria-hidden className="size-3.5 max-sm:hidden" />
                <ArrowDown aria-hidden className="size-3.5 sm:hidden" />
              </span>
            )}
            <PartyChip
              party={parties.find((one) => one.id === id) ?? { id, kind: 'user' }}
              says={sayings(id, { acting, principal })}
              strong={id === acting}
            />
          </Fragment>
        ))}
      </div>
      {rest.length > 0 && (
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-muted text-xs">Also taking part:</span>
          {rest.map((party) => (
            <PartyChip key={party.id} party={party} says={[]} strong={false} />
          ))}
        </div>
      )}
    </div>
  );
}

function sayings(id: string, { acting, principal }: { acting: string; principal: string }): string[] {
  const words = [];
  if (id === acting) words.push('acts');
  if (id === principal) words.push(id === acting ? 'for itself' : 'for whom');
  return words;
}

function PartyChip({ party, says, strong }: { party: Shown; says: readonly string[]; strong: boolean }) {
  const Icon = ICONS[party.kind];
  return (
    <span
      className={clsx(
        'inline-flex min-w-0 items-center gap-2.5 rounded-md border px-3 py-2 text-sm',
        strong && 'border-accent bg-accent-soft',
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      <span className="min-w-0">
        <span className="block break-all font-medium">{party.id || 'without a name'}</span>
        <span className="block text-muted text-xs">
          {kindWord(party.kind)}
          {party.role && `, ${party.role}`}
        </span>
      </span>
      {says.map((word) => (
        <Badge key={word} tone={strong ? 'accent' : 'neutral'}>
          {word}
        </Badge>
      ))}
    </span>
  );
}
