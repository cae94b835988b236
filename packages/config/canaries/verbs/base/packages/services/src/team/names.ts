export const clean = (name: string): string => name.trim();
export const short = (name: string): string => name.slice(0, 20);
