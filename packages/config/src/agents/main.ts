import { readTree } from '../tree/read-tree.ts';
import { report } from '../verify/report.ts';
import { checkAgents } from './check.ts';

report(checkAgents(readTree(process.cwd(), { canaries: true })), 'what documents name');
