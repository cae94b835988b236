export function sizeOf(kind: 'small' | 'large'): number {
  switch (kind) {
    case 'small':
      return 1;
    case 'large':
      return 2;
  }
}
