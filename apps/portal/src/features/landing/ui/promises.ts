import {
  ChartColumn,
  KeyRound,
  ListChecks,
  type LucideIcon,
  MessageSquareCode,
  ShieldCheck,
  Waypoints,
} from 'lucide-react';

/** What Parley does, each in two sentences. */
export const PROMISES: readonly { icon: LucideIcon; title: string; text: string }[] = [
  {
    icon: MessageSquareCode,
    title: 'Prompts with versions',
    text: 'Typed variables, test runs that stream, a diff between versions. What is published never changes under its callers.',
  },
  {
    icon: Waypoints,
    title: 'Any API, one gateway',
    text: 'REST services, prompts and models behind one address. Clients of the OpenAI protocol work unchanged.',
  },
  {
    icon: ListChecks,
    title: 'Subscriptions that somebody decides on',
    text: 'Developers ask, publishers approve with a reason. Take access back, and the next call is refused within a second.',
  },
  {
    icon: KeyRound,
    title: 'Keys without fear',
    text: 'Shown once, stored as a fingerprint, rotated with a grace period. Each shows when it was last used.',
  },
  {
    icon: ChartColumn,
    title: 'Usage that adds up',
    text: 'Every call is recorded exactly once: latency, tokens, cost. Sum any column and it matches the total.',
  },
  {
    icon: ShieldCheck,
    title: 'Walls between tenants',
    text: 'The database itself keeps tenants apart, each with its own encryption key. Who changed what is in a log that nobody can edit.',
  },
];
