import { limit } from './limit.ts';

export const plan = [limit];
