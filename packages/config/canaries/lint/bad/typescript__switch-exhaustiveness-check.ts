export function sizeOf(kind: 'small' | 'large'): number | undefined {
  switch (kind) {
    case 'small':
      return 1;
  }
  return undefined;
}
