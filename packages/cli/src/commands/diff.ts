import { applyReplySchema } from '@parley/contracts/declaration';
import type { CommandOptions } from '../command.ts';
import { printSteps } from '../print-steps.ts';
import { readDeclarations } from '../read-declaration.ts';

/** `parley diff`: what apply would do. Exit code 0 for nothing, 2 for something (as `diff -q` tells by its code). */
export async function diff(options: CommandOptions): Promise<number> {
  const declaration = await readDeclarations(options.files, options.variables);
  const reply = applyReplySchema.parse(await options.client.call('POST', '/diff', declaration));
  options.write(options.json ? `${JSON.stringify(reply.steps, null, 2)}\n` : printSteps(reply.steps));
  return reply.steps.length > 0 ? 2 : 0;
}
