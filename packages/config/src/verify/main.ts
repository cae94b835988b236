import { CHECKS, PREPARE } from './checks.ts';
import { verify } from './verify.ts';

/** `npm run verify`, or `npm run verify -- lint types` for some of it. Exit code 1 where a check does not hold. */
const wanted = process.argv.slice(2);
const names = CHECKS.map(({ name }) => name);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No check is called ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  process.exit(2);
}
const chosen = CHECKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (!(await verify(process.cwd(), PREPARE, chosen, console.log))) process.exitCode = 1;
