import { readFileSync } from 'node:fs';
import { sep } from 'node:path';

export const parts = [sep, readFileSync];
