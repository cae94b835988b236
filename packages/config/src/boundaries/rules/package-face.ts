import { fileOf } from '../graph.ts';
import type { Rule, Violation } from '../rule.ts';
import { roomOf } from '../table.ts';

/** Files at the root that prepare tools (vitest.config.ts and the like) may reach into packages/config. */
const ROOT_MAY_REACH = 'config';

/** A package is imported by the subpaths in its package.json#exports, never by a path across its border. */
export const packageFace: Rule = (project) => {
  const found: Violation[] = [];
  for (const file of project.files.values()) {
    for (const edge of file.edges) {
      const at = { from: `${file.path}:${edge.line}`, to: edge.specifier };
      const room = roomOf(file.path);
      if (edge.target.kind === 'room') {
        if (edge.target.path !== null) continue;
        const fix = `Import a subpath that @parley/${edge.target.room} lists in its package.json#exports and that has a file.`;
        found.push({ rule: 'package-face', ...at, fix });
      } else if (edge.target.kind === 'missing') {
        found.push({ rule: 'missing-file', ...at, fix: 'No file is there: correct the path, with its ending.' });
      } else if (edge.target.kind === 'file') {
        const target = roomOf(fileOf(edge) ?? '');
        if (target === room || (room === undefined && target === ROOT_MAY_REACH)) continue;
        const fix = `Import it as @parley/${target ?? '…'}/<subpath>: a relative path must not leave its room.`;
        found.push({ rule: 'package-face', ...at, fix });
      }
    }
  }
  return found;
};
