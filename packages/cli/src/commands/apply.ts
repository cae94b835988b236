import { rename, writeFile } from 'node:fs/promises';
import { applyReplySchema } from '@parley/contracts/declaration';
import { CliError } from '../cli-error.ts';
import type { CommandOptions } from '../command.ts';
import { printSteps } from '../print-steps.ts';
import { readDeclarations } from '../read-declaration.ts';

/** `parley apply`: all of it happens in one transaction at the portal, or none. */
export async function apply(options: CommandOptions): Promise<number> {
  const declaration = await readDeclarations(options.files, options.variables);
  const makesKeys = declaration.applications.some((application) => application.keys.length > 0);
  if (makesKeys && !options.keysOut) {
    const preview = applyReplySchema.parse(await options.client.call('POST', '/diff', declaration));
    if (preview.steps.some((step) => step.action === 'create' && step.kind === 'key')) {
      throw new CliError(
        'This would make API keys, whose secrets are shown only once. Say where to keep them: --keys-out FILE.',
      );
    }
  }
  const reply = applyReplySchema.parse(await options.client.call('POST', '/apply', declaration));
  if (options.keysOut && reply.keys.length > 0) await writeSecretFile(options.keysOut, reply.keys);
  if (options.json) {
    options.write(
      `${JSON.stringify({ ...reply, keys: reply.keys.map(({ application, name }) => ({ application, name })) }, null, 2)}\n`,
    );
    return 0;
  }
  options.write(printSteps(reply.steps));
  if (reply.keys.length > 0) options.write(`${reply.keys.length} key(s) written to ${options.keysOut}.\n`);
  for (const wait of reply.waiting) {
    options.write(`Waiting: ${wait.application} asked for ${wait.api} (${wait.plan}); its publisher decides.\n`);
  }
  return 0;
}

async function writeSecretFile(file: string, keys: unknown): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
}
