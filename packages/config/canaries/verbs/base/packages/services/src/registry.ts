import { createTeam } from './team/create.ts';
import { moveMember } from './team/move-member.ts';
import { listTeams } from './team/list.ts';

export const VERBS = [createTeam, listTeams, moveMember];
