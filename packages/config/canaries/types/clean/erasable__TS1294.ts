export const SIZES = ['small'] as const;
