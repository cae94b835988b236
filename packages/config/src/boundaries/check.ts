import type { Tree } from '../tree/read-tree.ts';
import { openProject } from './project.ts';
import type { Rule, Violation } from './rule.ts';
import { environment } from './rules/environment.ts';
import { folderNames } from './rules/folder-names.ts';
import { neverReach } from './rules/never-reach.ts';
import { noCycles } from './rules/no-cycles.ts';
import { noExportStar } from './rules/no-export-star.ts';
import { packageFace } from './rules/package-face.ts';
import { placedPackages } from './rules/placed-packages.ts';
import { portalLayers } from './rules/portal-layers.ts';
import { roomTable } from './rules/room-table.ts';

const RULES: readonly Rule[] = [
  roomTable,
  neverReach,
  packageFace,
  placedPackages,
  portalLayers,
  noCycles,
  noExportStar,
  folderNames,
  environment,
];

/** Every broken boundary in the tree. Throws where a source cannot be parsed. */
export function checkBoundaries(tree: Tree): readonly Violation[] {
  const project = openProject(tree);
  return RULES.flatMap((rule) => rule(project));
}
