export const log = (line: string): boolean => process.stderr.write(line);
