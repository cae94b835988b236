/** What does not happen when a job of this name is given up. */
export const CONSEQUENCES: Readonly<Record<string, string>> = {
  'snapshot.tenant':
    'The gateways keep working by the configuration they have; the next saved change brings this one along as well.',
  'snapshot.application':
    'The gateways keep the application’s keys and subscriptions as they know them; its next change brings this one along as well.',
  'mail.send': 'The mail will not be sent.',
  'notify.members': 'Nobody will be notified of this.',
  'usage.ingest': 'These calls will be missing from usage and cost for good.',
};
