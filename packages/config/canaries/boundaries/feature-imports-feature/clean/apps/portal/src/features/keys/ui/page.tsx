import { name } from './name.ts';

export const KeysPage = (): string => name;
