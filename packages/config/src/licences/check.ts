import type { Violation } from '../boundaries/rule.ts';

/** Licences (SPDX ids) that may ship with Apache-2.0 work without conditions beyond keeping the notice. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Packages allowed in spite of their licence, each with the reason. */
const EXCEPTIONS: readonly { readonly name: RegExp; readonly licence: string; readonly why: string }[] = [
  {
    name: /^@img\/sharp-/,
    licence: 'LGPL-3.0-or-later',
    why: 'a shared library of its own that Next.js loads when present; it is not linked into our code',
  },
  {
    name: /^elkjs$/,
    licence: 'EPL-2.0',
    why: 'part of Prisma Studio, which comes with the prisma tool and is never started',
  },
  {
    name: /^geist$/,
    licence: 'SIL OPEN FONT LICENSE',
    why: 'the OFL allows shipping fonts with software of any licence',
  },
  {
    name: /^(?:axe-core|@axe-core\/playwright)$/,
    licence: 'MPL-2.0',
    why: 'only the browser tests load it; its files are unchanged',
  },
  { name: /^lightningcss/, licence: 'MPL-2.0', why: 'builds the stylesheet; its files are unchanged and not shipped' },
];

/** The parts of a package-lock.json (version 3) that matter here. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}
interface LockedPackage {
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly license?: string;
  readonly version?: string;
}

/**
 * Every production dependency whose licence is not allowed or not known. `licenceAt` answers for a package that the lock
 * file has no licence for, by its path (`node_modules/x`); undefined where it cannot.
 */
export function checkLicences(lock: Lockfile, licenceAt: (path: string) => string | undefined): readonly Violation[] {
  return Object.entries(lock.packages).flatMap(([path, locked]) => {
    const at = path.lastIndexOf('node_modules/');
    if (at === -1 || locked.dev || locked.link) return [];
    const name = path.slice(at + 'node_modules/'.length);
    const licence = locked.license ?? licenceAt(path);
    if (licence !== undefined && isAllowed(licence)) return [];
    if (EXCEPTIONS.some((one) => one.name.test(name) && licence?.includes(one.licence))) return [];
    return [
      {
        rule: 'licence',
        from: `${name}@${locked.version ?? '?'}`,
        to: licence ?? 'unknown',
        fix: 'Use another package, make it a development dependency, or add an exception with its reason.',
      },
    ];
  });
}

/** Reads an SPDX expression: OR needs one allowed side, AND needs both. */
function isAllowed(expression: string): boolean {
  const bare = expression.replaceAll(/[()]/g, ' ').trim();
  return bare.split(/\s+OR\s+/i).some((side) => side.split(/\s+AND\s+/i).every((id) => ALLOWED.has(id.trim())));
}
