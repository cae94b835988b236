import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { DataFolder } from '../data-folder.ts';

const FILE = 'demo.json';

/** What the demo must remember between starts because nothing else can tell it again: passwords and secrets. */
const stateSchema = z.object({
  passwords: z.record(z.string(), z.string()),
  tokens: z.record(z.string(), z.string()),
  apiKey: z.string().nullable(),
  /** Per tenant: hash of the declaration and the addresses in it, as last applied. */
  applied: z.record(z.string(), z.string()),
});
export type DemoState = z.infer<typeof stateSchema>;

export interface DemoMemory {
  readonly state: DemoState;
  save(): void;
  /** The kept password of an account, made (and saved before it is used) at the first asking. */
  passwordOf(email: string): string;
}

/** Opens the demo's memory in the data folder. */
export function openDemoMemory(folder: DataFolder): DemoMemory {
  const state = folder.read(FILE, stateSchema) ?? { passwords: {}, tokens: {}, apiKey: null, applied: {} };
  const save = (): void => folder.write(FILE, state);
  return {
    state,
    save,
    passwordOf(email) {
      const kept = state.passwords[email];
      if (kept) return kept;
      const made = randomBytes(12).toString('base64url');
      state.passwords[email] = made;
      save();
      return made;
    },
  };
}
