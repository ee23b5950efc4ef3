// The little that is used of the package `ws`, which comes without types.
declare module 'ws' {
  export class WebSocket {
    constructor(url: string);
    binaryType: string;
    readonly readyState: number;
    onopen: ((event: any) => void) | null;
    onmessage: ((event: any) => void) | null;
    onerror: ((event: any) => void) | null;
    onclose: ((event: any) => void) | null;
    on(event: 'message', listener: (data: Buffer) => void): this;
    send(data: Uint8Array): void;
    close(): void;
  }
}
