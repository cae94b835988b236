import { newId } from '@parley/kernel/id';
import pino from 'pino';

pino().info(newId());
