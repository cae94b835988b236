export const newId = (): string => crypto.randomUUID();
export const oldId = (): string => 'unused';
