import { callerNow } from '../background/call-again.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { BatchFacts, LineProblem } from './batch.ts';
import { type BatchPlace, modelRules } from './batch-rules.ts';
import { MOST_MODELS } from './create-batch.ts';
import type { FileFacts } from './file.ts';
import { readLines } from './file-content.ts';
import { LINE_FORMS } from './line-form.ts';

/** Problems that are told of one batch. */
const MOST_PROBLEMS = 100;

/** What a look at all lines of a batch came to. */
export interface Validated {
  readonly total: number;
  readonly problems: readonly LineProblem[];
}

/** Where the batch's calls go, as the configuration is now. */
async function placeNow({ applicationId, caller, api }: BatchFacts, ports: Ports): Promise<BatchPlace | Refusal> {
  const known = await callerNow(applicationId, caller.keyId, ports);
  if (known instanceof Refusal) return known;
  if (api === null) return { caller: known, version: null, tenantSlug: '' };
  const tenant = await ports.snapshot.tenantById(api.tenantId);
  if (tenant === 'unavailable') return refusal('configuration_unavailable');
  const version = tenant === 'absent' ? undefined : tenant.apisById.get(api.apiId)?.versions.get(api.version);
  if (tenant === 'absent' || version === undefined) return refusal('route_not_found');
  return { caller: known, version, tenantSlug: tenant.slug };
}

/**
 * Looks at every line before any call is made: a batch with a line that cannot be read is not begun. Throws where that cannot
 * be known now.
 */
export async function validate(facts: BatchFacts, input: FileFacts, ports: Ports): Promise<Validated> {
  const form = LINE_FORMS[facts.dialect];
  const problems: LineProblem[] = [];
  const seen = new Set<string>();
  const models = new Map<string, number>();
  let total = 0;
  for await (const { number, text } of readLines(ports.batches, input)) {
    total++;
    const read = form.read(text, facts.endpoint);
    if ('code' in read) problems.push({ ...read, line: number });
    else if (seen.has(read.customId)) problems.push({ ...DUPLICATE, line: number });
    else {
      seen.add(read.customId);
      if (!models.has(read.model)) models.set(read.model, number);
    }
    if (problems.length === MOST_PROBLEMS || models.size > MOST_MODELS || total > facts.rules.maxLines) break;
  }
  if (total === 0) problems.push(whole('empty_file', 'The input file is empty.'));
  if (total > facts.rules.maxLines) {
    problems.push(whole('too_many_tasks', `This API takes batches of at most ${facts.rules.maxLines} calls.`));
  }
  if (models.size > MOST_MODELS) {
    problems.push(whole('too_many_models', `The calls of a batch may ask ${MOST_MODELS} models.`));
  }
  if (problems.length === 0) problems.push(...(await modelProblems(facts, models, ports)));
  return { total, problems };
}

/** Says nothing of the batch: it is looked at again later. */
const NOT_NOW = 'configuration_unavailable';

const DUPLICATE = {
  code: 'duplicate_custom_id',
  message: 'The custom_id for this request is a duplicate of another request.',
  param: 'custom_id',
} as const;

function whole(code: string, message: string): LineProblem {
  return { code, message, param: null, line: null };
}

/** Models that are not the caller's, or whose APIs take no batches. Throws where that cannot be known now. */
async function modelProblems(
  facts: BatchFacts,
  models: ReadonlyMap<string, number>,
  ports: Ports,
): Promise<LineProblem[]> {
  const place = await placeNow(facts, ports);
  if (place instanceof Refusal) {
    if (place.code === NOT_NOW) throw new Error(place.message);
    return [whole(place.code, place.message)];
  }
  const problems: LineProblem[] = [];
  for (const [model, line] of models) {
    const rules = await modelRules(place, model, ports);
    if (!(rules instanceof Refusal)) continue;
    if (rules.code === NOT_NOW) throw new Error(rules.message);
    problems.push({ code: rules.code, message: rules.message, param: 'model', line });
  }
  return problems;
}
