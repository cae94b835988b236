import { newId } from '@parley/kernel/id';

process.stdout.write(newId());
