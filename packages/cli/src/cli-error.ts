/** A failure told to the user in one or a few sentences, without a stack. */
export class CliError extends Error {}
