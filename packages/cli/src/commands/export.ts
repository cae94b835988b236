import { writeFile } from 'node:fs/promises';
import { declarationSchema } from '@parley/contracts/declaration';
import { stringify } from 'yaml';
import type { CommandOptions } from '../command.ts';

/** `parley export`: the tenant as a file that `apply` takes; secrets are not in it. */
export async function exportTenant(options: CommandOptions): Promise<number> {
  const declaration = declarationSchema.parse(await options.client.call('GET', '/export'));
  const text = options.json ? `${JSON.stringify(declaration, null, 2)}\n` : stringify(declaration, { lineWidth: 120 });
  if (options.output) await writeFile(options.output, text);
  else options.write(text);
  return 0;
}
