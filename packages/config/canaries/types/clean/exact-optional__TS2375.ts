export interface Options {
  name?: string | undefined;
}

export const options: Options = { name: undefined };
