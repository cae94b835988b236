import type { PromptDefinition } from '@parley/contracts/snapshot';

/** A call of a published prompt to paste into a shell: a value for every variable that must be sent, the key in `PARLEY_KEY`. */
export function promptCurl(url: string, definition: PromptDefinition): string {
  const body = Object.fromEntries(
    definition.variables
      .filter((variable) => variable.required && variable.default === undefined)
      .map((variable) => [variable.name, exampleOf(variable)]),
  );
  const json = JSON.stringify(body).replaceAll("'", "'\\''");
  return [
    `curl ${url} \\`,
    `  -H "Authorization: Bearer $PARLEY_KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${json}'`,
  ].join('\n');
}

function exampleOf(variable: PromptDefinition['variables'][number]): unknown {
  switch (variable.type) {
    case 'string':
      return 'Some text';
    case 'number':
    case 'integer':
      return variable.minimum ?? 1;
    case 'boolean':
      return true;
    case 'enum':
      return variable.values?.[0] ?? '';
    case 'array':
      return [];
    case 'object':
    case 'json':
      return {};
  }
}
