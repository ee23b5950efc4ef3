/** An address of this machine whose port is free. Nobody else gets it while its server is away. */
export function freeAddress(): Promise<string>;
