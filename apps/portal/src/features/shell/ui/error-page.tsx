'use client';

import { Button } from '@parley/ui/button';
import { buttonClass } from '@parley/ui/button-class';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { ErrorWords } from './error-words.tsx';

export interface Failed {
  readonly error: Error & { digest?: string };
  readonly reset: () => void;
}

/** Something failed while a page was made; what stands around it (the rail, the bar) goes on. */
export function ErrorPage({ error, reset }: Failed) {
  const router = useRouter();
  const [trying, start] = useTransition();
  // What failed on the server has to be asked for anew; `reset` alone shows the same failure again.
  const again = (): void =>
    start(() => {
      router.refresh();
      reset();
    });
  return (
    <ErrorWords digest={error.digest}>
      <Button variant="primary" busy={trying} onClick={again}>
        Try again
      </Button>
      <a href="/open" className={buttonClass()}>
        Home
      </a>
    </ErrorWords>
  );
}
