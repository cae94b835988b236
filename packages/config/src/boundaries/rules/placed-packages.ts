import type { Rule } from '../rule.ts';
import { isTestFile, PLACED_PACKAGES, ROOMS, roomOf } from '../table.ts';

/** Some packages belong to one place (next-auth, Prisma); a room with `noPackages` takes nothing from npm. */
export const placedPackages: Rule = (project) =>
  [...project.files.values()].flatMap((file) =>
    file.edges.flatMap((edge) => {
      if (edge.target.kind !== 'package') return [];
      const { name } = edge.target;
      const at = { from: `${file.path}:${edge.line}`, to: edge.specifier };
      const place = PLACED_PACKAGES.find((one) => one.name === name || one.name === name.split('/')[0]);
      if (place !== undefined && !place.in.some((prefix) => file.path.startsWith(prefix))) {
        return [{ rule: 'placed-package', ...at, fix: place.fix }];
      }
      const room = roomOf(file.path) ?? '';
      if (ROOMS[room]?.noPackages && !isTestFile(file.path)) {
        return [
          { rule: 'no-packages', ...at, fix: `${room} depends on nothing but Node: write it here, or elsewhere.` },
        ];
      }
      return [];
    }),
  );
