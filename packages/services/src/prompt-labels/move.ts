import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { definitionProblems } from '../api-versions/serving-problems.ts';
import { writeReference } from '../api-versions/write-reference.ts';
import type { Context } from '../context.ts';
import { readDefinition } from '../prompts/prompt-shape.ts';
import { labelUses, type PromptUser, promptUsers } from '../prompts/prompt-users.ts';
import { callerChanges } from './caller-changes.ts';

export interface LabelMove {
  readonly tenantId: string;
  readonly promptId: string;
  readonly label: string;
  readonly versionId: string;
  /** Of the label's row; `null` makes it. */
  readonly held: { readonly id: string; readonly versionId: string } | null;
}

const SERVED = new Set(['published', 'deprecated']);

/**
 * Lets a label lead to a version. API versions that follow it are served by that from now on: their references are written
 * anew, and the move is refused where one of them could not be served. Gives back what callers will notice.
 */
export async function moveLabel(tx: Transaction, context: Context, move: LabelMove): Promise<string[]> {
  const { tenantId, promptId, label, versionId, held } = move;
  const users = (await promptUsers(tx, tenantId, promptId)).filter(({ stored }) => labelUses(stored, label).length > 0);
  if (users.some(({ state }) => SERVED.has(state)) && !context.permissions.has('apis.publish')) {
    throw new Fault('forbidden', 'Callers are served by this label, so moving it needs the permission “apis.publish”.');
  }
  const moved = {
    versionId,
    previousVersionId: held?.versionId ?? null,
    movedById: context.userId,
    movedAt: new Date(),
  };
  if (held) await tx.promptLabel.update({ where: { tenantId_id: { tenantId, id: held.id } }, data: moved });
  else await tx.promptLabel.create({ data: { tenantId, id: newId(), promptId, label, ...moved } });
  for (const user of users) {
    if (SERVED.has(user.state)) await refuseUnservable(tx, tenantId, user);
    await writeReference(tx, context.settings.gatewayUrl, tenantId, user.apiVersionId);
  }
  if (!held) return [];
  const followers = users.filter(({ stored, state }) => stored.promptLabel === label && SERVED.has(state));
  if (followers.length === 0) return [];
  const rows = await tx.promptVersion.findMany({ where: { tenantId, id: { in: [held.versionId, versionId] } } });
  const at = (id: string): unknown => rows.find((row) => row.id === id)?.definition;
  const changes = callerChanges(readDefinition(at(held.versionId)), readDefinition(at(versionId)));
  const where = followers.map(({ api, version }) => `${api}/${version}`).join(', ');
  return changes.map((change) => `Callers of ${where}: ${change}`);
}

async function refuseUnservable(
  tx: Transaction,
  tenantId: string,
  { api, version, stored }: PromptUser,
): Promise<void> {
  const problems = await definitionProblems(tx, tenantId, stored);
  if (problems.length === 0) return;
  throw new Fault('invalid_state', `${api}/${version} could not be served by that version.`, problems);
}
