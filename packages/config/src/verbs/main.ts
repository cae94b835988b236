import { readTree } from '../tree/read-tree.ts';
import { report } from '../verify/report.ts';
import { checkVerbs } from './check.ts';

report(checkVerbs(readTree(process.cwd())), 'service verbs');
