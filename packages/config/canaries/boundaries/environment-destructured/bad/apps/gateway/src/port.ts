const { env } = process;

export const port = env.GATEWAY_PORT;
