import { useState } from 'react';

export function Box({ open }: { open: boolean }): string {
  if (open) useState(1);
  return 'box';
}
