import { gone } from './gone.ts';

export const parts: readonly unknown[] = [gone];
