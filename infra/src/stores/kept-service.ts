import { fileURLToPath } from 'node:url';
import { inheritedEnv } from '@parley/env/inherit';
import type { KeptProgram } from '../keeper.ts';
import type { ServiceSpec } from '../supervisor.ts';

const KEEPER = fileURLToPath(new URL('../keeper.ts', import.meta.url));

/** A program that is not ours, as a service: run by a keeper, which ends it when the starter is gone. */
export function keptService(
  program: KeptProgram,
  rest: Pick<ServiceSpec, 'name' | 'cwd' | 'isReady' | 'readyTimeoutMs'> &
    Partial<Pick<ServiceSpec, 'prepare' | 'env'>>,
): ServiceSpec {
  return {
    ...rest,
    command: process.execPath,
    args: [KEEPER, JSON.stringify(program)],
    env: { ...inheritedEnv(), ...rest.env },
    stopTimeoutMs: program.stopTimeoutMs + 5_000,
  };
}
