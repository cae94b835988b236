import { onInterruption } from '../interruption.ts';
import { readStartOptions, type StartOptions } from '../options.ts';
import { createProduct } from '../product.ts';
import { createProgress } from '../progress.ts';
import { welcome } from '../welcome.ts';

/** `npm start`: everything, until Ctrl-C. */
export function run(args: readonly string[]): Promise<number> {
  return runProduct(readStartOptions('start', args));
}

/** Runs the product in the foreground; resolves to the exit code once it has stopped. */
export async function runProduct(options: StartOptions): Promise<number> {
  const progress = createProgress();
  const product = createProduct(options, progress);
  const interrupted = new Promise<'interrupted'>((resolve) => {
    onInterruption(
      () => resolve('interrupted'),
      () => {
        progress.line('  ! killing everything');
        product.kill();
        process.exit(130);
      },
    );
  });

  const started = product.start();
  try {
    const first = await Promise.race([started, interrupted]);
    if (first !== 'interrupted') {
      progress.line(welcome(first, options));
      await interrupted;
    }
    progress.line('');
    await progress.step('Stopped', () => product.stop());
    return 0;
  } catch (error) {
    await product.stop();
    throw error;
  }
}
