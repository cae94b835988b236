import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { runCommand } from '../commands.ts';
import { ROOT } from '../options.ts';
import type { Setting } from '../services.ts';
import { StartError } from '../start-error.ts';

const CLI = fileURLToPath(import.meta.resolve('@parley/cli/main'));

const keysSchema = z.array(z.object({ application: z.string(), name: z.string(), secret: z.string() }));

/** What the declarations take from the environment. */
function addresses({ urls }: Setting): Record<string, string> {
  return { SIMULATOR_URL: urls.simulator, SAMPLE_SERVICE_URL: urls.sample };
}

/** Tells whether a file would apply anything new: its text and the addresses that go into it. */
export function declarationHash(setting: Setting, file: string): string {
  const text = readFileSync(`${ROOT}/infra/demo/${file}`);
  return createHash('sha256')
    .update(text)
    .update(JSON.stringify(addresses(setting)))
    .digest('hex');
}

/** `parley apply -f infra/demo/<file>`: the command that users have. Answers the secrets of keys it made. */
export async function applyFile(setting: Setting, file: string, token: string): Promise<z.infer<typeof keysSchema>> {
  const keysOut = setting.folder.path(`${file}.keys.json`);
  const result = await runCommand(
    process.execPath,
    [CLI, 'apply', '-f', `${ROOT}/infra/demo/${file}`, '--keys-out', keysOut],
    {
      cwd: ROOT,
      timeoutMs: 60_000,
      env: {
        // Not the public address, which may not be reachable from here.
        PARLEY_URL: `http://127.0.0.1:${setting.ports.portal}`,
        PARLEY_TOKEN: token,
        ...addresses(setting),
      },
      log: setting.folder.path('logs', 'demo.log'),
    },
  );
  if (!result.ok) throw new StartError(`The demo could not be set up: ${result.output.trim()}`);
  try {
    return keysSchema.parse(JSON.parse(readFileSync(keysOut, 'utf8')));
  } catch {
    return []; // the run made no key
  } finally {
    rmSync(keysOut, { force: true });
  }
}
