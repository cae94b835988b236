import type { RunFile } from '@parley/contracts/run-file';
import type { StartOptions } from './options.ts';
import { defaultPort, type PortName } from './ports.ts';

/** What a person sees once everything runs: where to go, how to sign in, how to call, how to stop. */
export function welcome(run: RunFile, options: StartOptions): string {
  const places: readonly (readonly [string, string, PortName])[] = [
    ['Portal', run.portalUrl, 'portal'],
    ['Gateway', run.gatewayUrl, 'gateway'],
    ['Provider simulator', run.simulatorUrl, 'simulator'],
    ...(run.stripeSimulatorUrl === null
      ? []
      : [['Stripe simulator', run.stripeSimulatorUrl, 'stripeSimulator'] as const]),
    ['Mailbox', run.mailUrl, 'mailbox'],
  ];
  const lines = ['', ...places.map(([name, url, port]) => row(name, `${url}${moved(url, port, options)}`))];
  if (run.demo.users.length > 0) {
    lines.push('', '  Demo sign-ins');
    for (const user of run.demo.users) {
      lines.push(row(`${user.role} of ${user.tenant}`, `${user.email}  ${user.password}`));
    }
  }
  const [endpoint] = run.demo.endpoints;
  if (endpoint) lines.push('', '  Try', `    ${endpoint.example.replaceAll('\n', '\n    ')}`);
  lines.push('', `  Everything a script needs is in ${options.dataDir}/run.json. Ctrl-C stops all.`, '');
  return lines.join('\n');
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(26)}${value}`;
}

/** Says so when a port is not the usual one although nobody asked for another. */
function moved(url: string, name: PortName, options: StartOptions): string {
  const asked = (options.env.ports as Partial<Record<PortName, number | null>>)[name];
  const usual = defaultPort(name);
  return asked || options.scatterPorts || new URL(url).port === String(usual) || !url.includes('127.0.0.1')
    ? ''
    : `  (${usual} is taken)`;
}
