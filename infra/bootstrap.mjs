// The one command's first half: plain JavaScript without dependencies, for whatever Node the machine has. It brings
// node_modules to what the lock file says, writes the database client, and hands over to Node 24 from node_modules.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = 20;
const VERBS = {
  start: 'infra/src/main.ts',
  dev: 'infra/src/main.ts',
  test: 'infra/src/main.ts',
  bench: 'infra/src/main.ts',
  chaos: 'infra/src/main.ts',
  migrate: 'infra/src/main.ts',
  verify: 'packages/config/src/verify/main.ts',
  generate: null,
};

/** `npm run generate -- <name>`: files made from elsewhere, which are committed. Without a name only the database client. */
const GENERATED = { catalogue: 'packages/llm/tools/catalogue/main.ts' };

class Refusal extends Error {}

const path = (...parts) => join(ROOT, ...parts);
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : null);

/** Runs a step with one line about it; a step that finds nothing to do says nothing. */
async function step(label, work) {
  const since = performance.now();
  const live = process.stdout.isTTY;
  const clock = setInterval(
    () =>
      process.stdout.write(
        live ? `\r\x1b[2K  … ${label} ${seconds(since)}` : `  … ${label}: still at it after ${seconds(since)}\n`,
      ),
    live ? 200 : 15_000,
  );
  const line = (mark, note) =>
    process.stdout.write(
      `${live ? '\r\x1b[2K' : ''}  ${mark} ${label.padEnd(26)}${note.padEnd(54)}${seconds(since).padStart(8)}\n`,
    );
  try {
    line('✓', await work());
  } catch (error) {
    line('✗', '');
    throw error;
  } finally {
    clearInterval(clock);
  }
}

function refuseOldMachine() {
  if (process.platform === 'win32') throw new Refusal('Windows itself is not supported: run Parley inside WSL.');
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    throw new Refusal(
      `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE} or newer (24 is best) and start again.`,
    );
  }
}

function refuseClosedFolder() {
  for (const folder of [ROOT, path('node_modules'), path('packages/db/src')]) {
    if (!existsSync(folder)) continue;
    try {
      accessSync(folder, constants.W_OK);
    } catch {
      throw new Refusal(
        `This user may not write to ${folder}: take ownership of the clone (chown -R) or clone it as this user.`,
      );
    }
  }
}

/** True when node_modules holds exactly what the lock file says, by npm's own record of what it installed. */
function dependenciesMatch(lockText) {
  const record = read(path('node_modules/.package-lock.json'));
  if (!record || !existsSync(path('node_modules/.bin/node'))) return false;
  if (read(path('node_modules/.parley-lock')) === sha256(lockText)) return true;
  const installed = JSON.parse(record).packages ?? {};
  return Object.entries(JSON.parse(lockText).packages ?? {}).every(([name, wanted]) => {
    if (name === '') return true;
    const found = installed[name];
    // Left out by npm itself: packages for other systems.
    if (!found) return wanted.optional === true || wanted.devOptional === true;
    return wanted.link === true ? found.link === true : found.version === wanted.version;
  });
}

async function installDependencies() {
  const lockText = read(path('package-lock.json'));
  if (lockText !== null && dependenciesMatch(lockText)) {
    writeFileSync(path('node_modules/.parley-lock'), sha256(lockText));
    return;
  }
  await step('Dependencies', async () => {
    // Not `npm ci`: it refuses a lock file without the optional packages of other systems, which registry mirrors lack.
    // `--no-save` keeps to the lock file and leaves it as it is.
    const { code, output } = await npm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
    mkdirSync(path('.parley/logs'), { recursive: true });
    const log = path('.parley/logs/npm.log');
    writeFileSync(log, output);
    if (code !== 0) throw new Refusal(installSentence(output, log));
    const node = spawnSync(path('node_modules/.bin/node'), ['--version'], { encoding: 'utf8' });
    if (node.status !== 0) {
      throw new Refusal(
        'npm was told not to run install scripts, so Node 24 is not there: run "npm rebuild node" and start again.',
      );
    }
    writeFileSync(path('node_modules/.parley-lock'), sha256(read(path('package-lock.json')) ?? ''));
    return 'installed';
  });
}

function npm(args) {
  const own = process.env.npm_execpath;
  const [command, first] = own && /\.c?js$/.test(own) ? [process.execPath, [own]] : ['npm', []];
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += piece));
    child.once('error', (error) => resolve({ code: 1, output: `${output}${error.message}` }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** What npm's failures mean, first match first. */
const NPM_FAILURES = [
  [/spawn npm ENOENT/, 'npm was not found: install it (it comes with Node) and start again.'],
  [/ENOSPC/, 'The disk is full: free about 2 GB and start again.'],
  [
    /EACCES|EPERM|EROFS/,
    'npm may not write here: take ownership of the clone and of ~/.npm (chown -R) and start again.',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|CERT_|certificate/,
    'The npm registry cannot be reached: check the network, the proxy or "npm config get registry", and start again.',
  ],
];

function installSentence(output, log) {
  const known = NPM_FAILURES.find(([pattern]) => pattern.test(output));
  if (known) return `${known[1]} (log: ${log})`;
  return `npm could not install the dependencies (log: ${log}):\n${output.trim().split('\n').slice(-8).join('\n')}`;
}

/** Writes the database client when there is none, or it was written for another schema or another Prisma. */
async function generateClient(always) {
  const generated = path('packages/db/src/generated');
  const note = path('node_modules/.parley-client');
  const prisma = read(path('node_modules/prisma/package.json')) ?? '';
  const wanted = sha256(`${read(path('prisma/schema.prisma'))}${prisma}${read(path('packages/db/src/generate.ts'))}`);
  if (!always && existsSync(join(generated, 'client.ts')) && read(note) === wanted) return;
  await step('Database client', async () => {
    const made = spawnSync(path('node_modules/.bin/node'), [path('packages/db/src/generate.ts')], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (made.status !== 0) {
      throw new Refusal(`The database client could not be written:\n${`${made.stdout}${made.stderr}`.trim()}`);
    }
    writeFileSync(note, wanted);
    return 'written';
  });
}

/** Runs the second half; ends with its exit code. It is told when this process is gone, by the channel between them. */
function handOver(file, args) {
  const child = spawn(path('node_modules/.bin/node'), [path(file), ...args], {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: `${path('node_modules/.bin')}:${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(`\nNode 24 from node_modules cannot be run: ${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));

  // npm killed outright leaves this process behind; then nobody watches the terminal any more.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) {
    setInterval(() => {
      if (process.ppid !== parent) child.kill('SIGTERM');
    }, 1_000).unref();
  }
}

const [verb = 'start', ...args] = process.argv.slice(2);
try {
  if (!Object.hasOwn(VERBS, verb))
    throw new Refusal(`There is no "${verb}": use one of ${Object.keys(VERBS).join(', ')}.`);
  refuseOldMachine();
  refuseClosedFolder();
  await installDependencies();
  await generateClient(verb === 'generate');
  if (verb === 'generate' && args[0] !== undefined && !Object.hasOwn(GENERATED, args[0]))
    throw new Refusal(
      `There is nothing called "${args[0]}" to generate: use one of ${Object.keys(GENERATED).join(', ')}.`,
    );
  const file = verb === 'generate' ? GENERATED[args.shift()] : VERBS[verb];
  if (file) handOver(file, file.startsWith('infra/') ? [verb, ...args] : args);
} catch (error) {
  const known = error instanceof Refusal;
  process.stderr.write(`\n${known ? error.message : error.stack}\n`);
  process.exit(1);
}
