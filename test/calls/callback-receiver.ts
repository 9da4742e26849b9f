// A receiver of callbacks as a process of its own, to be killed at any moment: what it has is in a file before it answers.
//
// usage: node callback-receiver.js FILE PORT (0 = any); says its port on a line
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [file = '', port = '0'] = process.argv.slice(2);
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += String(chunk)));
  request.on('end', () => {
    const { method, url = '', headers } = request;
    const { searchParams } = new URL(url, 'http://receiver');
    const event = method === 'GET' ? Object.fromEntries(searchParams) : (JSON.parse(body) as unknown);
    const { 'x-callback-id': id, authorization } = headers;
    appendFileSync(file, `${JSON.stringify({ id, method, authorization, event })}\n`);
    response.end();
  });
});
server.listen(Number(port), '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
