import { readTree } from '../tree/read-tree.ts';
import { report } from '../verify/report.ts';
import { checkBoundaries } from './check.ts';

report(checkBoundaries(readTree(process.cwd())), 'boundaries');
