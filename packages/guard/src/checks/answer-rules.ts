import type { GuardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { RE2JS } from 're2js';
import type { GuardFinding } from '../verdict.ts';
import { readSchemaCheck, type SchemaCheck } from './schema.ts';

type Finding = Omit<GuardFinding, 'count'>;

/** Longer arguments are not read: that is a failure. */
const MOST_CHARACTERS = 200_000;

interface CompiledToolRule {
  readonly name: string;
  readonly mode: 'observe' | 'block';
  readonly holdsFor: (tool: string) => boolean;
  readonly forbidden: readonly RE2JS[];
  readonly schema: SchemaCheck | null;
}

/** What whole answers and the arguments of tools have to be. */
export class AnswerRules {
  readonly #policy: GuardrailsPolicy;
  readonly #schema: SchemaCheck | null;
  readonly #tools: readonly CompiledToolRule[];

  /** Throws for a schema or a pattern that cannot be read. */
  constructor(policy: GuardrailsPolicy) {
    this.#policy = policy;
    this.#schema = policy.answerSchema === undefined ? null : readSchemaCheck(policy.answerSchema.schema);
    this.#tools = policy.tools.map(({ name, mode, tools, forbid, schema }) => ({
      name,
      mode,
      holdsFor: tools.includes('*') ? () => true : (tool) => tools.includes(tool),
      forbidden: forbid.map((pattern) => RE2JS.compile(pattern)),
      schema: schema === undefined ? null : readSchemaCheck(schema),
    }));
  }

  /** Whether answers have to be read at all. */
  get any(): boolean {
    return this.#schema !== null || this.#tools.length > 0;
  }

  get hasSchema(): boolean {
    return this.#schema !== null;
  }

  /** What is wrong with an answer's text; `null` for nothing. */
  misfit(text: string): string | null {
    const checked = this.#schema?.(text);
    return checked === undefined || checked.ok ? null : checked.problem;
  }

  /** What is to be noted of one. The problem names the place and the rule, never a value. */
  misfitFinding(problem: string): Finding {
    const mode = this.#policy.answerSchema?.mode === 'observe' ? 'observe' : 'block';
    const reason = `The answer does not fit its schema: ${problem}.`;
    return { check: 'answerSchema', rule: 'schema', kind: 'schema', place: 'output', mode, score: 1, reason };
  }

  /** Whether any rule holds for a tool. */
  concerns(tool: string): boolean {
    return this.#tools.some(({ holdsFor }) => holdsFor(tool));
  }

  /** What is wrong with what a tool is given. */
  argumentFindings(tool: string, json: string): Finding[] {
    const rules = this.#tools.filter(({ holdsFor }) => holdsFor(tool));
    if (rules.length === 0) return [];
    if (json.length > MOST_CHARACTERS) return [this.#tooLong()];
    const texts = textsOf(json);
    return rules.flatMap((rule) => {
      const found: Finding[] = [];
      if (rule.forbidden.some((pattern) => texts.some((text) => pattern.matcher(text).find()))) {
        found.push(argumentFinding(rule, 'forbidden', `What a tool is given holds what ${rule.name} forbids.`));
      }
      const checked = rule.schema?.(json);
      if (checked !== undefined && !checked.ok) {
        const reason = `What a tool is given does not fit the schema of ${rule.name}: ${checked.problem}.`;
        found.push(argumentFinding(rule, 'schema', reason));
      }
      return found;
    });
  }

  #tooLong(): Finding {
    const mode = this.#policy.onFailure === 'block' ? 'block' : 'observe';
    const reason = 'What a tool is given is too long to be checked.';
    return { check: 'failure', rule: 'tools', kind: 'failure', place: 'toolArguments', mode, score: 1, reason };
  }
}

function argumentFinding({ name, mode }: CompiledToolRule, kind: string, reason: string): Finding {
  return { check: 'tools', rule: `${name}.${kind}`, kind, place: 'toolArguments', mode, score: 1, reason };
}

/** Every text in JSON, names too, and the JSON itself without what only spells it otherwise; what is no JSON as it is. */
function textsOf(json: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return [json];
  }
  const texts = [JSON.stringify(value)];
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string') texts.push(next);
    else if (typeof next === 'object' && next !== null) {
      for (const [name, inside] of Object.entries(next)) {
        texts.push(name);
        left.push(inside);
      }
    }
  }
  return texts;
}
