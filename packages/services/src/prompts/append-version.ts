import type { PromptDefinition, PromptPartial } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { asJson } from '../given.ts';
import { resolvePartials } from '../prompt-partials/partial-shape.ts';
import { sameJson } from '../text/line-diff.ts';
import { checkDefinition } from './check-definition.ts';

export interface NewVersion {
  readonly tenantId: string;
  readonly promptId: string;
  readonly definition: PromptDefinition;
  readonly note: string;
  readonly userId: string | null;
  /** Number of the version the writer started from; a newer one since then is a conflict. */
  readonly basedOn?: number | null | undefined;
  /** Shared texts stay as the definition holds them: for a version saved before. */
  readonly keepPartials?: boolean;
}

/**
 * Appends a version to a prompt, or gives back the latest one when it says the same (`added: false`). Throws
 * `invalid_input` beside the fields that are wrong, and `conflict` when somebody saved another version meanwhile.
 */
export async function appendVersion(tx: Transaction, version: NewVersion) {
  const { tenantId, promptId } = version;
  const resolved = version.keepPartials ? null : await resolvePartials(tx, tenantId, version.definition);
  const definition = resolved ? withPartials(version.definition, resolved.partials) : version.definition;
  const { problems, warnings } = checkDefinition(definition);
  if (resolved) problems.push(...resolved.problems);
  const model = await tx.model.findFirst({ where: { tenantId, slug: definition.model }, select: { disabledAt: true } });
  if (!model) {
    problems.push({
      path: 'model',
      message: `There is no model “${definition.model}” here. Choose one or add it first.`,
    });
  } else if (model.disabledAt) {
    warnings.push(`The model “${definition.model}” is out of service: calls are refused until it is back.`);
  }
  if (problems.length > 0) {
    const issues = problems.map(({ path, message }) => ({ path: `definition.${path}`, message }));
    throw new Fault('invalid_input', 'Some fields are not right.', issues);
  }
  // Numbers come one after another: whoever saves waits for the row.
  await tx.$queryRaw`SELECT id FROM prompts WHERE tenant_id = ${tenantId}::uuid AND id = ${promptId}::uuid FOR UPDATE`;
  const latest = await tx.promptVersion.findFirst({ where: { tenantId, promptId }, orderBy: { number: 'desc' } });
  const stored = asJson(definition);
  if (latest && sameJson(latest.definition, stored)) return { row: latest, added: false, warnings };
  if (version.basedOn !== undefined && version.basedOn !== (latest?.number ?? null)) {
    throw new Fault(
      'conflict',
      `Version ${latest?.number} was saved meanwhile. Compare with it before you save yours.`,
    );
  }
  const row = await tx.promptVersion.create({
    data: {
      tenantId,
      id: newId(),
      promptId,
      number: (latest?.number ?? 0) + 1,
      definition: stored,
      note: version.note,
      createdById: version.userId,
    },
  });
  await tx.prompt.update({ where: { tenantId_id: { tenantId, id: promptId } }, data: { updatedAt: new Date() } });
  return { row, added: true, warnings };
}

/** A definition with its shared texts as they are now; what it came with is not kept. */
function withPartials(
  { partials: _, ...rest }: PromptDefinition,
  partials: readonly PromptPartial[],
): PromptDefinition {
  return partials.length > 0 ? { ...rest, partials: [...partials] } : rest;
}
