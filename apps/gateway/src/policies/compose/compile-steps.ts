import type { ComposePolicy, ComposeStep } from '@parley/contracts/policies/compose';
import { type BodyMapping, bodyMapping } from '@parley/contracts/policies/mapping';
import type { CelExpression } from '@parley/domain/expressions/cel';
import { STEP_LANGUAGE, stepsBefore } from '@parley/domain/mapping/composition';
import type { StepFacts } from '@parley/domain/mapping/facts';
import { compilePathTemplate, compileTemplate, type Template } from '@parley/domain/mapping/template';
import type { CompiledUpstream } from '../../snapshot/compiled.ts';
import type { EndpointSource } from '../../stage.ts';

/** A step, ready to be made. */
export interface CompiledStep
  extends Pick<ComposeStep, 'name' | 'method' | 'after' | 'required' | 'fallback' | 'timeoutMs'> {
  /** `null` when there is none of its name any more. */
  readonly upstream: CompiledUpstream | null;
  /** `null` where a value is missing. */
  readonly path: (facts: StepFacts) => string | null;
  readonly headers: readonly (readonly [name: string, value: Template])[];
  readonly when: CelExpression | null;
  readonly body: BodyMapping | null;
  readonly accepts: (status: number) => boolean;
}

export interface CompiledComposition {
  readonly steps: readonly CompiledStep[];
  readonly answer: BodyMapping;
  readonly maxBytes: number;
  readonly totalMs: number;
}

function condition(text: string): CelExpression | null {
  if (text.trim() === '') return null;
  const compiled = STEP_LANGUAGE.compile(text, 'bool');
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.expression;
}

/** Throws for what cannot be compiled. */
export function compileSteps(policy: ComposePolicy, { upstreams }: EndpointSource): CompiledComposition {
  const { maxKb, timeoutMs, totalMs } = policy;
  const before = stepsBefore(policy.steps);
  const mapping = (map: string): BodyMapping => bodyMapping.parse({ map, maxKb, timeoutMs });
  const steps = policy.steps.map((step): CompiledStep => {
    const { name, method, after, required, fallback, accept } = step;
    const side = { steps: before.get(name) ?? new Set<string>() };
    const accepted = new Set(accept);
    return {
      name,
      method,
      after,
      required,
      fallback: JSON.stringify(JSON.parse(fallback)),
      timeoutMs: step.timeoutMs,
      upstream: upstreams.get(step.upstream) ?? null,
      path: compilePathTemplate(step.path, side),
      headers: Object.entries(step.headers).map(([header, text]) => [header, compileTemplate(text, side)]),
      when: condition(step.when),
      body: step.body.trim() === '' ? null : mapping(step.body),
      accepts: (status) => accepted.has(String(status)) || accepted.has(`${String(status)[0]}xx`),
    };
  });
  return { steps, answer: mapping(policy.answer), maxBytes: maxKb * 1024, totalMs };
}
