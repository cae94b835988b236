'use client';

import { LinkProvider } from '@parley/ui/link';
import { Toaster } from '@parley/ui/toast';
import { TooltipProvider } from '@parley/ui/tooltip';
import NextLink from 'next/link';
import type { ReactNode } from 'react';

/** What the design system needs around every page. */
export function Providers({ children }: { children: ReactNode }) {
  return (
    <LinkProvider link={NextLink}>
      <TooltipProvider>
        {children}
        <Toaster />
      </TooltipProvider>
    </LinkProvider>
  );
}
