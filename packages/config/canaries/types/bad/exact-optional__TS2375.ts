export interface Options {
  name?: string;
}

export const options: Options = { name: undefined };
