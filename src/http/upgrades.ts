// Requests that ask to go on in another protocol. WebSockets are led to whoever serves them; everybody else gets a plain
// answer: Java's HTTP client and `curl --http2` ask for HTTP/2 in this way and are content without (RFC 9110, 7.8).
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connection } from './plain-http.js';

export type ServeWebSocket = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** @param refuses whether no WebSocket may be opened on the connection; absent = always it may */
export function takeUpgrades(
  server: Server,
  serve: ServeWebSocket,
  refuses: (connection: Connection) => Promise<boolean> = () => Promise.resolve(false),
): void {
  server.on('upgrade', (request, socket, head) => {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') {
      const gone = () => socket.destroy();
      socket.on('error', gone);
      refuses(request.socket).then((refused) => {
        if (refused) socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        else serve(request, socket, head);
      }, gone);
    } else goOnWithoutUpgrade(server, request, socket, head);
  });
}

/** Node has stopped reading the request at its head, so it is given the same request again without the wish. */
function goOnWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/1.1`];
  for (let n = 0; n + 1 < request.rawHeaders.length; n += 2) {
    const name = request.rawHeaders[n] ?? '';
    if (!/^(upgrade|connection|http2-settings)$/i.test(name))
      lines.push(`${name}: ${request.rawHeaders[n + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
