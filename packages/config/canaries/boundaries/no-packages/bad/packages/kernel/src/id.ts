import { z } from 'zod';

export type Id = string;
export const newId = (): unknown => z.string();
