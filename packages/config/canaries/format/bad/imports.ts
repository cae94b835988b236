import { sep } from 'node:path';
import { readFileSync } from 'node:fs';

export const parts = [sep, readFileSync];
