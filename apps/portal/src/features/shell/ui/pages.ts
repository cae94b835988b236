import type { Permission } from '@parley/domain/permissions';
import {
  Activity,
  Boxes,
  Building2,
  ChartColumn,
  Coins,
  Cpu,
  FlaskConical,
  House,
  KeyRound,
  LayoutGrid,
  ListChecks,
  type LucideIcon,
  MessageCircle,
  MessageSquareCode,
  MessagesSquare,
  PiggyBank,
  ReceiptText,
  ScrollText,
  Server,
  Settings,
  Shield,
  ShieldCheck,
  Users,
  Wallet,
  Workflow,
} from 'lucide-react';

export interface ShellPage {
  /** Below `/t/<tenant>`. */
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** What a role must hold for the page to be there at all; `null` for every member. */
  readonly permission: Permission | null;
  /** Other words that the palette finds it by. */
  readonly words?: string;
}

export interface PageGroup {
  readonly label: string;
  readonly pages: readonly ShellPage[];
}

/** The left rail, top to bottom: what a tenant consumes, what it publishes, and how both are run. */
export const PAGE_GROUPS: readonly PageGroup[] = [
  {
    label: 'Build',
    pages: [
      { path: 'home', label: 'Home', icon: House, permission: null, words: 'start overview dashboard' },
      { path: 'catalogue', label: 'Catalogue', icon: LayoutGrid, permission: null, words: 'find subscribe apis' },
      {
        path: 'applications',
        label: 'Applications',
        icon: Boxes,
        permission: 'applications.read',
        words: 'keys subscriptions api key',
      },
      {
        path: 'playground',
        label: 'Playground',
        icon: FlaskConical,
        permission: 'applications.read',
        words: 'chat try models compare requests dialects curl sdk',
      },
      {
        path: 'conversations',
        label: 'Conversations',
        icon: MessageCircle,
        permission: 'usage.read',
        words: 'sessions context memory turns strategy window',
      },
      {
        path: 'party-tokens',
        label: 'Party tokens',
        icon: KeyRound,
        permission: 'applications.read',
        words: 'issue inspect revoke parties permissions hand-over delegate agents',
      },
      {
        path: 'billing',
        label: 'Billing',
        icon: Wallet,
        permission: 'billing.read',
        words: 'credit card pay top up invoices money',
      },
    ],
  },
  {
    label: 'Publish',
    pages: [
      { path: 'apis', label: 'APIs', icon: Workflow, permission: 'apis.read', words: 'versions routes plans' },
      { path: 'prompts', label: 'Prompts', icon: MessageSquareCode, permission: 'prompts.read', words: 'editor llm' },
      {
        path: 'models',
        label: 'Models & providers',
        icon: Cpu,
        permission: 'providers.read',
        words: 'openai llm prices keys',
      },
      {
        path: 'guardrails',
        label: 'Guardrails',
        icon: Shield,
        permission: 'apis.read',
        words: 'personal data secrets injection mask playground',
      },
      { path: 'upstreams', label: 'Upstreams', icon: Server, permission: 'upstreams.read', words: 'services backends' },
      {
        path: 'approvals',
        label: 'Approvals',
        icon: ListChecks,
        permission: 'approvals.read',
        words: 'subscriptions requests inbox',
      },
      {
        path: 'customers',
        label: 'Customers',
        icon: Building2,
        permission: 'billing.read',
        words: 'credit accounts revenue ledger',
      },
      {
        path: 'invoices',
        label: 'Invoices',
        icon: ReceiptText,
        permission: 'billing.read',
        words: 'bills payments pdf money',
      },
    ],
  },
  {
    label: 'Run',
    pages: [
      { path: 'usage', label: 'Usage', icon: ChartColumn, permission: 'usage.read', words: 'cost tokens latency' },
      { path: 'requests', label: 'Requests', icon: Activity, permission: 'usage.read', words: 'log calls errors' },
      {
        path: 'sessions',
        label: 'Sessions',
        icon: MessagesSquare,
        permission: 'usage.read',
        words: 'conversations agents runs',
      },
      {
        path: 'costs',
        label: 'Cost',
        icon: Coins,
        permission: 'budgets.read',
        words: 'spending charge-back margin report export team tag',
      },
      {
        path: 'budgets',
        label: 'Budgets',
        icon: PiggyBank,
        permission: 'budgets.read',
        words: 'spending limits alerts refused forecast 402',
      },
      { path: 'audit', label: 'Audit log', icon: ScrollText, permission: 'audit.read', words: 'history who changed' },
      { path: 'team', label: 'Team', icon: Users, permission: 'members.read', words: 'members invitations roles' },
      {
        path: 'settings',
        label: 'Settings',
        icon: Settings,
        permission: null,
        words: 'profile password tokens tenant',
      },
      { path: 'system', label: 'System', icon: ShieldCheck, permission: 'system.read', words: 'failed jobs health' },
    ],
  },
];

/** The groups with what these permissions allow; a group that would be empty is left out. */
export function pagesFor(permissions: ReadonlySet<Permission>): PageGroup[] {
  return PAGE_GROUPS.map((group) => ({
    ...group,
    pages: group.pages.filter((page) => page.permission === null || permissions.has(page.permission)),
  })).filter((group) => group.pages.length > 0);
}
