import type { RunFile } from '@parley/contracts/run-file';
import type { Setting } from './services.ts';

export type Demo = RunFile['demo'];

export const NO_DEMO: Demo = { tenant: '', users: [], managementToken: '', apiKey: '', endpoints: [] };

export async function seedDemo(_setting: Setting, _databaseUrl: string, tell: (note: string) => void): Promise<Demo> {
  tell('none yet');
  return NO_DEMO;
}
