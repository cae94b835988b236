import { createTeam } from './team/create.ts';
import { listTeams } from './team/list.ts';

export const VERBS = [createTeam, listTeams];
