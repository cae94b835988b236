import { env } from 'node:process';

export const port = env.GATEWAY_PORT;
