import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { runCommand } from '../commands.ts';
import { ROOT } from '../options.ts';
import type { Setting } from '../services.ts';
import { StartError } from '../start-error.ts';

const keysSchema = z.array(z.object({ application: z.string(), name: z.string(), secret: z.string() }));

/** `parley apply -f infra/demo/<file>`: the command that users have. Answers the secrets of keys it made. */
export async function applyFile(setting: Setting, file: string, token: string): Promise<z.infer<typeof keysSchema>> {
  const keysOut = setting.folder.path(`${file}.keys.json`);
  const result = await runCommand(
    process.execPath,
    [`${ROOT}/packages/cli/src/main.ts`, 'apply', '-f', `${ROOT}/infra/demo/${file}`, '--keys-out', keysOut],
    {
      cwd: ROOT,
      timeoutMs: 60_000,
      env: {
        PARLEY_URL: setting.urls.portal,
        PARLEY_TOKEN: token,
        SIMULATOR_URL: setting.urls.simulator,
        SAMPLE_SERVICE_URL: setting.urls.sample,
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
