import { create } from './team/create.ts';
import { list } from './team/list.ts';

export const VERBS = [create, list];
