import type { PromptDefinition } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import type { FieldIssue } from '@parley/kernel/fault';
import type { StoredDefinition } from '../api-versions/definition-shape.ts';
import { readDefinition } from './prompt-shape.ts';

export type StoredPrompt = Extract<StoredDefinition, { kind: 'prompt' }>;

/** A version of a prompt that an API may ask, with the labels it can be named by there. */
export interface Offer {
  readonly id: string;
  readonly number: number;
  readonly labels: readonly string[];
  readonly definition: PromptDefinition;
}

export interface Offers {
  /** What a call gets that neither asks for a label nor is part of an experiment; `null` when it is gone. */
  readonly served: Offer | null;
  readonly others: readonly Offer[];
  /** Labels and versions that are named and not there. */
  readonly missing: readonly FieldIssue[];
}

/** Versions and labels of the prompts that definitions point at, read together. */
export interface PromptBook {
  readonly byId: ReadonlyMap<string, VersionRow>;
  /** Ids of versions: by prompt id and `#` number, and by prompt id and `/` label. */
  readonly ids: ReadonlyMap<string, string>;
}

interface VersionRow {
  readonly id: string;
  readonly promptId: string;
  readonly number: number;
  readonly definition: unknown;
}

function numbersIn({ policies }: StoredPrompt): number[] {
  return (policies?.experiment?.variants ?? []).flatMap(({ promptVersion }) => promptVersion ?? []);
}

/** Reads what `offersOf` needs for these definitions of one tenant. */
export async function readPromptBook(
  tx: Transaction,
  tenantId: string,
  stored: readonly StoredPrompt[],
): Promise<PromptBook> {
  if (stored.length === 0) return { byId: new Map(), ids: new Map() };
  const pointed = await tx.promptVersion.findMany({
    where: { tenantId, id: { in: stored.map(({ promptVersionId }) => promptVersionId) } },
  });
  const promptIds = [...new Set(pointed.map(({ promptId }) => promptId))];
  const labels = await tx.promptLabel.findMany({ where: { tenantId, promptId: { in: promptIds } } });
  const more = await tx.promptVersion.findMany({
    where: {
      tenantId,
      OR: [
        { id: { in: labels.map(({ versionId }) => versionId) } },
        { promptId: { in: promptIds }, number: { in: stored.flatMap(numbersIn) } },
      ],
    },
  });
  const rows = [...pointed, ...more];
  return {
    byId: new Map(rows.map((row) => [row.id, row])),
    ids: new Map([
      ...rows.map(({ promptId, number, id }) => [`${promptId}#${number}`, id] as const),
      ...labels.map(({ promptId, label, versionId }) => [`${promptId}/${label}`, versionId] as const),
    ]),
  };
}

/** Which versions a prompt API may ask: what it serves, what callers may name, and what its experiment tries. */
export function offersOf(stored: StoredPrompt, { byId, ids }: PromptBook): Offers {
  const pointed = byId.get(stored.promptVersionId);
  if (!pointed) return { served: null, others: [], missing: [] };
  const { promptId } = pointed;
  const missing: FieldIssue[] = [];
  const labels = new Map<string, string[]>();
  const find = (key: string, path: string, what: string): VersionRow | null => {
    const row = byId.get(ids.get(`${promptId}${key}`) ?? '') ?? null;
    if (row === null) missing.push({ path, message: `Its prompt has no ${what}.` });
    return row;
  };
  const offerAlso = (row: VersionRow | null, named: readonly string[]): void => {
    if (row !== null) labels.set(row.id, [...(labels.get(row.id) ?? []), ...named]);
  };
  const { promptLabel, policies } = stored;
  const served =
    promptLabel === undefined ? pointed : find(`/${promptLabel}`, 'definition.promptLabel', `label “${promptLabel}”`);
  (policies?.promptLabels?.allow ?? []).forEach((label, at) => {
    offerAlso(find(`/${label}`, `policies.promptLabels.allow.${at}`, `label “${label}”`), [label]);
  });
  (policies?.experiment?.variants ?? []).forEach(({ promptVersion, label }, at) => {
    const path = `policies.experiment.variants.${at}`;
    if (promptVersion !== undefined) {
      offerAlso(find(`#${promptVersion}`, `${path}.promptVersion`, `version ${promptVersion}`), []);
    } else if (label !== undefined) offerAlso(find(`/${label}`, `${path}.label`, `label “${label}”`), [label]);
  });
  const offer = ({ id, number, definition }: VersionRow): Offer => ({
    id,
    number,
    labels: [...new Set(labels.get(id))],
    definition: readDefinition(definition),
  });
  return {
    // A label that went away leaves the version it was saved with: callers are not cut off by it.
    served: offer(served ?? pointed),
    others: [...labels.keys()].flatMap((id) => {
      const row = byId.get(id);
      return row ? [offer(row)] : [];
    }),
    missing,
  };
}

/** The same for one definition. */
export async function readOffers(tx: Transaction, tenantId: string, stored: StoredPrompt): Promise<Offers> {
  return offersOf(stored, await readPromptBook(tx, tenantId, [stored]));
}
