import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { report } from '../verify/report.ts';
import { checkLicences, type Lockfile } from './check.ts';

const root = process.cwd();
const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

function licenceAt(path: string): string | undefined {
  const manifest = `${path}/package.json`;
  return existsSync(join(root, manifest)) ? readJson<{ license?: string }>(manifest).license : undefined;
}

report(checkLicences(readJson<Lockfile>('package-lock.json'), licenceAt), 'licences');
