// The part of rtpengine-client that ng-client.ts builds on; the package brings no types of its own.
declare module 'rtpengine-client' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:dgram';

  export class Client extends EventEmitter {
    constructor(options: { localAddress?: string; localPort?: number });
    protected readonly socket: Socket;
    /** One datagram, still with its cookie. */
    protected _onMessage(message: Buffer): void;
    protected _onError(error: Error): void;
    close(): void;
    static encodeMessage(cookie: string, data: object): Buffer;
    static decodeMessage(message: Buffer): { id: string; data: unknown };
  }
}
