import { fileOf } from '../graph.ts';
import type { Rule, Violation } from '../rule.ts';
import { FEATURES, isTestFile, ROUTE_FILES, ROUTE_SOURCES } from '../table.ts';

/** Features do not import each other; route files only join routes to features. */
export const portalLayers: Rule = (project) => {
  const found: Violation[] = [];
  for (const file of project.files.values()) {
    if (isTestFile(file.path)) continue;
    for (const edge of file.edges) {
      const at = { from: `${file.path}:${edge.line}`, to: edge.specifier };
      const target = fileOf(edge) ?? '';
      const mine = featureOf(file.path);
      const other = featureOf(target);
      if (mine !== undefined && other !== undefined && mine !== other) {
        const fix = `Feature ${mine} must not import feature ${other}: move what both need into packages/ui or a shared folder.`;
        found.push({ rule: 'feature-imports-feature', ...at, fix });
      }
      const internal = edge.target.kind === 'room' || edge.target.kind === 'file';
      if (!file.path.startsWith(ROUTE_FILES) || !internal) continue;
      if (!ROUTE_SOURCES.some((source) => target.startsWith(source))) {
        const fix = 'A route file only joins a route to src/features, src/trpc or src/auth: move the work there.';
        found.push({ rule: 'route-is-a-shim', ...at, fix });
      }
    }
  }
  return found;
};

/** The feature a path belongs to: the folder right under `features/`. */
function featureOf(path: string): string | undefined {
  if (!path.startsWith(FEATURES)) return undefined;
  return path.slice(FEATURES.length).split('/')[0];
}
