import { readStartOptions } from '../options.ts';
import { runProduct } from './start.ts';

/** `npm run dev`: as `npm start`, with hot reload of portal, gateway and worker. */
export function run(args: readonly string[]): Promise<number> {
  return runProduct(readStartOptions('dev', args));
}
