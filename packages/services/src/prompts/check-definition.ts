import type { PromptDefinition, PromptVariable } from '@parley/contracts/snapshot';
import type { FieldIssue } from '@parley/kernel/fault';
import { flattenPrompt, textsOf } from '@parley/llm/prompt/flatten';
import { compileSchema } from '@parley/llm/prompt/json-schema';
import { compileOutput } from '@parley/llm/prompt/output';
import { placeholdersIn } from '@parley/llm/prompt/render';
import { schemaOf, validateVariables } from '@parley/llm/prompt/variables';

export interface DefinitionVerdict {
  /** What makes it unusable, beside the fields of the definition. */
  readonly problems: FieldIssue[];
  /** What is odd but works. */
  readonly warnings: string[];
}

/** Judges what the shape of a prompt's definition cannot say. Pure; whether its model exists is asked elsewhere. */
export function checkDefinition(definition: PromptDefinition): DefinitionVerdict {
  const problems = [
    ...placeholderProblems(definition),
    ...definition.variables.flatMap((variable, at) => variableProblems(variable, `variables.${at}`)),
    ...duplicates(definition.variables),
    ...outputProblems(definition.output),
    ...sizeProblems(definition),
  ];
  return { problems, warnings: unusedVariables(definition) };
}

function placeholderProblems(definition: PromptDefinition): FieldIssue[] {
  const names = new Set(definition.variables.map(({ name }) => name));
  const partials = (definition.partials ?? []).map(({ name, text }) => ({ path: `partials.${name}`, text }));
  return [...textsOf(definition), ...partials].flatMap(({ path, text }) =>
    placeholdersIn(text)
      .filter((name) => !names.has(name))
      .map((name) => ({
        path,
        message: `{{${name}}} is not among the variables. Add a variable “${name}” or correct the name.`,
      })),
  );
}

function unusedVariables(definition: PromptDefinition): string[] {
  const used = new Set(flattenPrompt(definition).messages.flatMap(({ text }) => placeholdersIn(text)));
  return definition.variables
    .filter(({ name }) => !used.has(name))
    .map(
      ({ name }) => `The variable “${name}” is used in no message. Callers still have to send it if it is required.`,
    );
}

function duplicates(variables: readonly PromptVariable[]): FieldIssue[] {
  const seen = new Set<string>();
  return variables.flatMap(({ name }, at) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: `variables.${at}.name`, message: `There is a variable “${name}” already.` }];
  });
}

function variableProblems(variable: PromptVariable, path: string): FieldIssue[] {
  const found: FieldIssue[] = [];
  if (variable.type === 'enum' && !variable.values?.length) {
    found.push({ path: `${path}.values`, message: 'List the texts that are accepted.' });
  }
  const { minimum, maximum } = variable;
  const schema = schemaOf(variable);
  const problem = schema && schemaProblem(schema);
  if (problem) found.push({ path: `${path}.schema`, message: problem });
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    found.push({ path: `${path}.minimum`, message: 'The smallest value is larger than the largest.' });
  }
  if (variable.default !== undefined && variable.default !== null) {
    const checked = validateVariables([variable], { [variable.name]: variable.default });
    if (!checked.ok) {
      for (const issue of checked.issues)
        found.push({ path: `${path}.default`, message: `The default: ${issue.message}` });
    }
  }
  return found;
}

function outputProblems(output: PromptDefinition['output']): FieldIssue[] {
  try {
    compileOutput(output);
    return [];
  } catch (error) {
    return [{ path: 'output.schema', message: notASchema(error) }];
  }
}

function schemaProblem(schema: Record<string, unknown>): string | null {
  try {
    compileSchema(schema);
    return null;
  } catch (error) {
    return notASchema(error);
  }
}

function notASchema(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `This is no valid JSON Schema: ${why.slice(0, 300)}.`;
}

const MAX_MESSAGES = 100;
const MAX_TEXT = 200_000;

/** Gateways take prompts with shared texts and examples worked in: what results has the same bounds. */
function sizeProblems(definition: PromptDefinition): FieldIssue[] {
  const { messages } = flattenPrompt(definition);
  const found: FieldIssue[] = [];
  if (messages.length > MAX_MESSAGES) {
    found.push({
      path: 'examples',
      message: `Messages and examples make ${messages.length}; at most ${MAX_MESSAGES}.`,
    });
  }
  if (messages.some(({ text }) => text.length > MAX_TEXT)) {
    found.push({ path: 'messages', message: 'With its shared texts, a message is longer than 200,000 characters.' });
  }
  return found;
}
