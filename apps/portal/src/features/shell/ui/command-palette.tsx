'use client';

import { Palette, type PaletteGroup } from '@parley/ui/palette';
import { useRouter } from 'next/navigation';
import { useShell } from '@/shell/shell-context.tsx';
import { pagesFor } from './pages.ts';
import { usePaletteThings } from './palette-things.ts';

/** Opens any page, application, API or prompt by its name or another word for it. */
export function CommandPalette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { permissions, href, tenants, tenant } = useShell();
  const router = useRouter();
  const things = usePaletteThings(open);
  const groups: PaletteGroup[] = [
    ...pagesFor(permissions).map((group) => ({
      label: group.label,
      items: group.pages.map(({ path, label, icon: Icon, words }) => ({
        id: `page:${path}`,
        label,
        words: words ?? '',
        icon: <Icon aria-hidden />,
        href: href(path),
      })),
    })),
    ...things,
    {
      label: 'Tenants',
      items: tenants
        .filter((one) => one.id !== tenant.id)
        .map((one) => ({ id: `tenant:${one.slug}`, label: one.name, words: one.slug, href: `/t/${one.slug}/home` })),
    },
  ];
  return (
    <Palette
      open={open}
      onOpenChange={onOpenChange}
      placeholder="Go to a page, an application, an API or a prompt"
      groups={groups.filter((group) => group.items.length > 0)}
      onChoose={(item) => router.push(item.href)}
    />
  );
}
