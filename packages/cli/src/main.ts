#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { loadCliEnv } from '@parley/env/cli';
import { CliError } from './cli-error.ts';
import { createClient } from './client.ts';
import { apply } from './commands/apply.ts';
import { diff } from './commands/diff.ts';
import { exportTenant } from './commands/export.ts';

const USAGE = `parley — configure a Parley tenant from files

  parley apply  -f FILE [-f FILE …] [--keys-out FILE]   create what is missing, change what differs
  parley diff   -f FILE [-f FILE …]                     show what apply would do; exit 2 if anything
  parley export [-o FILE]                               write the tenant as one file

Options
  -f, --file FILE    a YAML file, or - for standard input; \${NAME} is replaced from the environment
  --keys-out FILE    where the secrets of keys made by this run are written (JSON, mode 600); without it
                     a run that would make keys is refused, because a secret is shown only once
  -o, --output FILE  where export writes (default: standard output)
  --url URL          the portal (default: PARLEY_URL)
  --json             print the reply as JSON

The management token is read from PARLEY_TOKEN (make one under Settings → Management tokens).
`;

const COMMANDS = { apply, diff, export: exportTenant } as const;

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      file: { type: 'string', short: 'f', multiple: true },
      'keys-out': { type: 'string' },
      output: { type: 'string', short: 'o' },
      url: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [name] = positionals;
  if (values.help || !name) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 1;
  }
  if (!Object.hasOwn(COMMANDS, name)) throw new CliError(`There is no command “${name}”. Run “parley --help”.`);
  const env = loadCliEnv();
  const url = values.url ?? env.url;
  if (!url) throw new CliError('Say where the portal is: set PARLEY_URL or give --url.');
  if (!env.token) throw new CliError('Set PARLEY_TOKEN to a management token (Settings → Management tokens).');
  return COMMANDS[name as keyof typeof COMMANDS]({
    client: createClient({ url, token: env.token }),
    files: values.file ?? [],
    keysOut: values['keys-out'] ?? null,
    output: values.output ?? null,
    json: values.json,
    variables: env.variables,
    write: (text) => process.stdout.write(text),
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof CliError || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`parley: ${known ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
